# Flags that every file of ours gets: trainer_configure(target).
#
# Warnings are errors with the compilers that the tests use. A newer one may warn of what nobody has
# seen yet, and that must not stop a user.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 13
   OR CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 15)
    set(known_compiler ON)
else()
    set(known_compiler OFF)
endif()
option(TRAINER_WERROR "Treat warnings as errors" ${known_compiler})
option(TRAINER_COVERAGE "Count lines and branches, for make coverage" OFF)
set(TRAINER_SANITIZE "" CACHE STRING "address (and undefined), thread, fuzzer, or nothing")

add_library(trainer_flags INTERFACE)
target_compile_definitions(trainer_flags INTERFACE _GNU_SOURCE)
target_compile_options(trainer_flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -Wdouble-promotion -Wformat=2 -Wundef
    # The same bits on every processor: FMA only where a kernel says so.
    -ffp-contract=off -fno-common -fvisibility=hidden
    $<$<BOOL:${TRAINER_WERROR}>:-Werror>)

set(instrumentation "")
if(TRAINER_SANITIZE STREQUAL "address")
    set(instrumentation -fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
elseif(TRAINER_SANITIZE STREQUAL "fuzzer")
    # Only a fuzzer is linked with libFuzzer's main().
    set(instrumentation -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
elseif(TRAINER_SANITIZE)
    set(instrumentation -fsanitize=${TRAINER_SANITIZE} -fno-omit-frame-pointer)
endif()
if(TRAINER_COVERAGE)
    # Threads count too; without atomic counters gcov reports less than none.
    list(APPEND instrumentation --coverage -fprofile-update=atomic)
endif()
target_compile_options(trainer_flags INTERFACE ${instrumentation})
target_link_options(trainer_flags INTERFACE ${instrumentation})

function(trainer_configure target)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/framework
                               ${PROJECT_SOURCE_DIR}/framework/kinds)
    target_link_libraries(${target} PRIVATE trainer_flags trainer_dependencies)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
