# What the project stands on: OpenMP, libyaml, HDF5, zlib, libpng, libjpeg-turbo; tests take Check.
#
#     trainer_dependencies           what the library's objects need, HDF5 by its archive
#     trainer_shared_dependencies    the same for libtrainer.so
#
# Debian's shared HDF5 pulls in 39 libraries (curl, LDAP, Kerberos) and milliseconds of start-up, so
# the program takes the archive where there is one. It is not position-independent: a shared library
# has to take the shared one.
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
find_package(HDF5 REQUIRED COMPONENTS C HL)

# HDF5's own libraries, high level first, and the archives beside them. The list of find_package
# holds what those were linked with as well, which is their affair.
set(hdf5_shared "")
set(hdf5_archives "")
foreach(library ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES})
    if(library MATCHES "^(.*/libhdf5[a-z_]*)\\.(so|a)$")
        list(APPEND hdf5_shared ${library})
        list(APPEND hdf5_archives ${CMAKE_MATCH_1}.a)
    endif()
endforeach()
list(REMOVE_DUPLICATES hdf5_shared)
list(REMOVE_DUPLICATES hdf5_archives)

find_library(TRAINER_SZ_ARCHIVE NAMES libsz.a)
find_library(TRAINER_AEC_ARCHIVE NAMES libaec.a)
find_library(TRAINER_YAML_ARCHIVE NAMES libyaml.a)
find_library(TRAINER_PNG_ARCHIVE NAMES libpng16.a libpng.a)
find_library(TRAINER_JPEG_ARCHIVE NAMES libjpeg.a)
mark_as_advanced(TRAINER_SZ_ARCHIVE TRAINER_AEC_ARCHIVE TRAINER_YAML_ARCHIVE TRAINER_PNG_ARCHIVE
                 TRAINER_JPEG_ARCHIVE)

set(hdf5_static ${hdf5_archives} ${TRAINER_SZ_ARCHIVE} ${TRAINER_AEC_ARCHIVE})
foreach(archive ${hdf5_static})
    if(NOT EXISTS ${archive})
        message(STATUS "No ${archive}: HDF5 is linked dynamically")
        set(hdf5_static ${hdf5_shared})
        break()
    endif()
endforeach()

add_library(trainer_common_dependencies INTERFACE)
target_include_directories(trainer_common_dependencies SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
target_link_libraries(trainer_common_dependencies INTERFACE ZLIB::ZLIB OpenMP::OpenMP_C
                      Threads::Threads ${CMAKE_DL_LIBS} m)

add_library(trainer_shared_dependencies INTERFACE)
target_link_libraries(trainer_shared_dependencies INTERFACE ${hdf5_shared} PkgConfig::YAML
                      PkgConfig::PNG PkgConfig::JPEG trainer_common_dependencies)

add_library(trainer_dependencies INTERFACE)
# An archive where there is one: each shared library costs a tenth of a millisecond of start-up.
foreach(library YAML PNG JPEG)
    if(TRAINER_${library}_ARCHIVE)
        target_link_libraries(trainer_dependencies INTERFACE ${TRAINER_${library}_ARCHIVE})
    else()
        target_link_libraries(trainer_dependencies INTERFACE PkgConfig::${library})
    endif()
endforeach()
target_link_libraries(trainer_dependencies INTERFACE ${hdf5_static} trainer_common_dependencies)
