# make install: the program with its configs and bash's completion, libtrainer.so with its header,
# and what finds them: a CMake package (find_package(trainer), trainer::trainer) and a pkg-config
# file. Both work out their folder from where they lie, so the installed tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# From the program's own objects. Only what trainer.h marks TRAINER_API is visible.
add_library(trainer_shared SHARED $<TARGET_OBJECTS:trainer_once> ${variant_objects})
target_include_directories(trainer_shared INTERFACE $<INSTALL_INTERFACE:include>)
target_link_libraries(trainer_shared PRIVATE trainer_flags trainer_shared_dependencies)
target_link_options(trainer_shared PRIVATE -Wl,--exclude-libs,ALL -Wl,--no-undefined)
set_target_properties(trainer_shared PROPERTIES OUTPUT_NAME trainer EXPORT_NAME trainer
                      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/trainer)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig /prefix/${pkgconfig_dir} /prefix)
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig ${prefix_from_pkgconfig})
configure_file(cmake/trainer.pc.in trainer.pc @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/trainer-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)

install(TARGETS trainer RUNTIME)
install(TARGETS trainer_shared EXPORT trainer LIBRARY)
install(FILES framework/trainer.h TYPE INCLUDE)
install(EXPORT trainer NAMESPACE trainer:: DESTINATION ${package_dir} FILE trainer-config.cmake)
install(FILES ${PROJECT_BINARY_DIR}/trainer-config-version.cmake DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/trainer.pc DESTINATION ${pkgconfig_dir})
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/trainer)
install(FILES cmake/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME trainer)
