# The numerical sources, compiled once for each precision and instruction set (engine/real.h).
#
# trainer_variants(OBJECTS "sources") sets OBJECTS to all objects. TRAINER_VARIANTS names the
# variants in the order of engine_list, which is also their number in the registry.
set(variants float_baseline double_baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(variants float_baseline float_avx2 float_avx512 double_baseline double_avx2)
endif()
set(TRAINER_VARIANTS ${variants} CACHE STRING
    "What to compile, out of {float,double}_{baseline,avx2,avx512}; the baselines must be in it")

set(flags_of_baseline "")
set(flags_of_avx2 -mavx2 -mfma)
set(flags_of_avx512 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mprefer-vector-width=512)

function(trainer_variants objects sources)
    set(all "")
    set(number 0)
    foreach(variant ${TRAINER_VARIANTS})
        string(REPLACE "_" ";" parts ${variant})
        list(GET parts 0 precision)
        list(GET parts 1 isa)
        add_library(variant_${variant} OBJECT ${sources})
        trainer_configure(variant_${variant})
        target_compile_definitions(variant_${variant} PRIVATE
            TRAINER_REAL=${precision} TRAINER_ISA=${isa} TRAINER_VARIANT=${number})
        # Without errno a root is one instruction, and loops of it are vectorised.
        target_compile_options(variant_${variant} PRIVATE ${flags_of_${isa}} -fno-math-errno
            $<$<NOT:$<CONFIG:Debug>>:-O3>)
        if(TRAINER_SANITIZE STREQUAL "fuzzer")
            # No fuzzer computes, and clang takes minutes for some of these at -O1.
            target_compile_options(variant_${variant} PRIVATE -O0 -fno-sanitize=all)
        endif()
        list(APPEND all $<TARGET_OBJECTS:variant_${variant}>)
        math(EXPR number "${number} + 1")
    endforeach()
    set(${objects} ${all} PARENT_SCOPE)
endfunction()
