# The tests, for ctest. Each tests/WING/test_*.c is a program of its own and a test of the same
# name; tests/cli/*.sh run the program. The build without instrumentation also has tests/check_*.sh
# (the tree itself: includes, format, installation), tests/python/*.py (what other programs read)
# and tests/browser (the pages of `trainer report` in Chromium).
#
# Tests of sanitizer builds are called address.NAME and thread.NAME, so that one run of ctest can
# hold all builds. A test that exits with 77 is reported as skipped.
pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)

# Check's own limit of 4 seconds is for an idle machine. Several tests run at once: a thread of
# OpenMP that waits must not keep a processor from another one's work.
set(test_environment
    CK_DEFAULT_TIMEOUT=60
    OMP_WAIT_POLICY=passive
    TRAINER_PROGRAM=$<TARGET_FILE:trainer>
    TRAINER_SOURCE_DIR=${PROJECT_SOURCE_DIR}
    TRAINER_BUILD_DIR=${PROJECT_BINARY_DIR}
    ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1
    UBSAN_OPTIONS=print_stacktrace=1)
set(test_prefix "")
set(test_seconds 180)
if(TRAINER_COVERAGE)
    set(test_seconds 900) # nothing is optimised
endif()
if(TRAINER_SANITIZE)
    set(test_prefix ${TRAINER_SANITIZE}.)
    # Looked at this closely a test takes many times as long, and need not be repeated as often.
    list(APPEND test_environment TRAINER_SOAK=0.3)
endif()
if(TRAINER_SANITIZE STREQUAL "thread")
    # Archer tells TSan what OpenMP's own synchronisation orders.
    get_filename_component(omp_folder "${OpenMP_omp_LIBRARY}" REALPATH)
    get_filename_component(omp_folder "${omp_folder}" DIRECTORY)
    file(GLOB llvm_folders /usr/lib/llvm-*/lib)
    find_library(TRAINER_ARCHER archer HINTS ${omp_folder} ${llvm_folders} REQUIRED)
    list(APPEND test_environment OMP_TOOL_LIBRARIES=${TRAINER_ARCHER}
         TSAN_OPTIONS=ignore_noninstrumented_modules=1)
endif()

# Tests that take long are begun first, or one of them would end alone: by how many seconds they
# take, roughly.
function(trainer_test name)
    set(cost 0)
    if(name MATCHES "^(browser|python_test_ranks)$")
        set(cost 60)
    elseif(name MATCHES "^(test_(faults|sweep|resume)|cli_sweep|check_(new_files|mutants))$"
           OR name MATCHES "^(python_test_(docs|ranks_.*)|report)$")
        set(cost 30)
    elseif(name MATCHES "^(test_(same_bits|convolve|gemm|table_parts|checkpoint|gradcheck))$"
           OR name MATCHES "^(every_layer|check_mnist|python_.*)$"
           OR name MATCHES "^cli_(processors|config|report|runs|book)$"
           OR TRAINER_SANITIZE STREQUAL "fuzzer")
        set(cost 10)
    endif()
    add_test(NAME ${test_prefix}${name} COMMAND ${ARGN})
    set_tests_properties(${test_prefix}${name} PROPERTIES
        TIMEOUT ${test_seconds} COST ${cost} SKIP_RETURN_CODE 77 ENVIRONMENT "${test_environment}")
endfunction()

if(TRAINER_SANITIZE STREQUAL "fuzzer")
    include(cmake/fuzz.cmake)
    return()
endif()

file(GLOB test_helpers CONFIGURE_DEPENDS tests/support/*.c)
add_library(trainer_test_support STATIC ${test_helpers})
trainer_configure(trainer_test_support)
target_include_directories(trainer_test_support PUBLIC tests trainer)
target_link_libraries(trainer_test_support PUBLIC trainer_program PkgConfig::CHECK)
# Messages that are expected stand in tables, as formats.
target_compile_options(trainer_test_support PUBLIC -Wno-format-nonliteral)
target_compile_definitions(trainer_test_support PUBLIC
    TRAINER_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TRAINER_PROGRAM="$<TARGET_FILE:trainer>")

# Hundreds of programs are linked, each with all of the library: mold takes half of the time.
include(CheckLinkerFlag)
check_linker_flag(C -fuse-ld=mold TRAINER_MOLD)
if(TRAINER_MOLD)
    target_link_options(trainer_test_support PUBLIC -fuse-ld=mold)
endif()

# What no sanitizer's build runs: book.sh learns the same as elsewhere, in minutes. What has no
# threads, or none but those that the other tests have, tells ThreadSanitizer nothing.
set(left_out "/tests/faults/")
set(scripts_left_out "^$")
if(TRAINER_SANITIZE)
    set(scripts_left_out "/cli/book\\.sh$")
endif()
if(TRAINER_SANITIZE STREQUAL "thread")
    string(APPEND left_out "|/tests/(config|drawing|pictures|hdf5|report|metrics|schedules)/"
           "|/tests/trainer/(commands|display|pages|runs)/")
    string(APPEND scripts_left_out
           "|/cli/(compare|config|data|describe|graph|plot|report|runs)\\.sh$")
endif()

file(GLOB test_sources CONFIGURE_DEPENDS tests/*/test_*.c tests/*/*/test_*.c
     tests/layers/every_layer.c)
list(FILTER test_sources EXCLUDE REGEX "${left_out}")
foreach(source ${test_sources})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    trainer_configure(${name})
    target_link_libraries(${name} PRIVATE trainer_test_support)
    add_dependencies(${name} trainer)
    trainer_test(${name} ${name})
endforeach()

if(NOT TRAINER_SANITIZE STREQUAL "thread")
    include(cmake/faults.cmake)
endif()

# trainer_test_scripts(PREFIX PATTERN COMMAND...): a test PREFIX<name> of each file.
function(trainer_test_scripts prefix pattern)
    file(GLOB scripts CONFIGURE_DEPENDS ${pattern})
    list(FILTER scripts EXCLUDE REGEX "${scripts_left_out}")
    foreach(script ${scripts})
        get_filename_component(name ${script} NAME_WE)
        trainer_test(${prefix}${name} ${ARGN} ${script})
    endforeach()
endfunction()

trainer_test_scripts(cli_ tests/cli/*.sh sh)
if(NOT TRAINER_SANITIZE AND NOT TRAINER_COVERAGE)
    trainer_test_scripts("" tests/check_*.sh sh)
    trainer_test_scripts(python_ tests/python/*.py sh ${PROJECT_SOURCE_DIR}/tests/python/run.sh)
    trainer_test(browser sh ${PROJECT_SOURCE_DIR}/tests/browser/run.sh)
    set_tests_properties(browser PROPERTIES TIMEOUT 600) # a dozen pages, each seen six times
    # Fifty trainings, each of several processes that wait for one another.
    set_tests_properties(python_test_ranks PROPERTIES TIMEOUT 600)
endif()
