# Fuzzers by clang's libFuzzer: tests/fuzz/fuzz_<target>.c. TRAINER_SANITIZE=fuzzer builds these in
# the place of the other tests; each is also a short test. tests/fuzz/run.sh runs them.
add_executable(make_seeds tests/fuzz/make_seeds.c)
trainer_configure(make_seeds)
target_link_libraries(make_seeds PRIVATE trainer_static)

file(GLOB fuzz_sources CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
list(FILTER fuzz_sources EXCLUDE REGEX "/fuzz_(file|data)\\.c$")
foreach(source ${fuzz_sources})
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "fuzz_" "" target ${name})
    add_executable(${name} ${source} tests/fuzz/fuzz_file.c tests/fuzz/fuzz_data.c)
    trainer_configure(${name})
    target_include_directories(${name} PRIVATE trainer)
    target_link_libraries(${name} PRIVATE trainer_program)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    trainer_test(${target} sh ${PROJECT_SOURCE_DIR}/tests/fuzz/run.sh ${PROJECT_BINARY_DIR} 10
                 ${target})
endforeach()
