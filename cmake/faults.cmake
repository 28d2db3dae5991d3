# test_faults: the project's code linked so that its calls of malloc, open, H5Dread, ... can be made
# to fail (tests/faults/faults.h).
find_program(TRAINER_OBJCOPY NAMES objcopy llvm-objcopy)
find_program(TRAINER_NM NAMES nm llvm-nm)
if(NOT TRAINER_OBJCOPY OR NOT TRAINER_NM)
    message(STATUS "No objcopy: test_faults is left out")
    return()
endif()

add_library(faults OBJECT tests/faults/faults.c)
trainer_configure(faults)
target_link_libraries(faults PRIVATE trainer_dependencies)

set(faulty_folder ${PROJECT_BINARY_DIR}/faulty)
set(faulty_archives ${faulty_folder}/faulty_libtrainer_program.a
    ${faulty_folder}/faulty_libtrainer_static.a)
file(MAKE_DIRECTORY ${faulty_folder})
add_custom_command(OUTPUT ${faulty_archives}
    COMMAND env NM=${TRAINER_NM} OBJCOPY=${TRAINER_OBJCOPY}
            sh ${PROJECT_SOURCE_DIR}/tests/faults/copy.sh $<TARGET_OBJECTS:faults>
            ${faulty_folder} $<TARGET_FILE:trainer_program> $<TARGET_FILE:trainer_static>
    DEPENDS $<TARGET_OBJECTS:faults> trainer_program trainer_static tests/faults/copy.sh VERBATIM)

add_executable(test_faults tests/faults/test_faults.c $<TARGET_OBJECTS:faults> ${faulty_archives})
trainer_configure(test_faults)
target_include_directories(test_faults PRIVATE tests trainer)
target_link_libraries(test_faults PRIVATE $<TARGET_FILE:trainer_test_support> ${faulty_archives}
                      trainer_dependencies PkgConfig::CHECK)
target_link_options(test_faults PRIVATE -Wl,--wrap=arena_allocate,--wrap=arena_array
                    -Wl,--wrap=arena_copy,--wrap=arena_print)
add_dependencies(test_faults trainer_test_support)
trainer_test(test_faults test_faults)
set_tests_properties(${test_prefix}test_faults PROPERTIES TIMEOUT 600)
if(TRAINER_COVERAGE)
    # Every call fails, but for the longest scenarios: most branches are of what can fail.
    set_tests_properties(test_faults PROPERTIES TIMEOUT 1800)
    set_property(TEST test_faults APPEND PROPERTY ENVIRONMENT TRAINER_SOAK=20)
endif()
