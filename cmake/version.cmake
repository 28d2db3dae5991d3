# Generates build.c (base/build.h): version, commit, compiler. Made anew at each build, written
# only where it changed, so that a commit relinks one small file.
function(trainer_version source)
    set(path ${PROJECT_BINARY_DIR}/generated/build.c)
    add_custom_target(trainer_build_facts
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${path} -DSOURCE=${PROJECT_SOURCE_DIR}
                -DVERSION=${PROJECT_VERSION}
                "-DCOMPILER=${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
                -P ${PROJECT_SOURCE_DIR}/cmake/write_version.cmake
        BYPRODUCTS ${path} VERBATIM)
    set_source_files_properties(${path} PROPERTIES GENERATED TRUE)
    set(${source} ${path} PARENT_SCOPE)
endfunction()
