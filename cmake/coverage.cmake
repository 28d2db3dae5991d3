# The build that counts lines and branches (make coverage).
#
# Children that leave by _exit take their counts with them, so in this build alone they begin and
# leave by tests/coverage/exit.c. A handler of signals can't write files: it stays with _exit.
target_sources(trainer_program PRIVATE tests/coverage/exit.c)
set_source_files_properties(
    trainer/system/subprocess.c trainer/sweep/sweep_child.c trainer/sweep/sweep_jobs.c
    trainer/sweep/sweep_recorder.c
    PROPERTIES COMPILE_DEFINITIONS "_exit=coverage_exit;fork=coverage_fork")
