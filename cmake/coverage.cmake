# The build that counts lines and branches (make coverage).
#
# Children that leave by _exit take their counts with them, so in this build alone they leave by
# coverage_exit, which writes them first. A handler of signals may not: it stays with _exit.
target_sources(trainer_program PRIVATE tests/coverage/exit.c)
set_source_files_properties(trainer/subprocess.c trainer/sweep_child.c trainer/sweep_recorder.c
    PROPERTIES COMPILE_DEFINITIONS _exit=coverage_exit)
