# trainer-mpi: the program with an MPI, from the same objects; where one is found (MPI_C_COMPILER:
# the mpicc to ask). `trainer` itself stays as it is. Binaries of Open MPI and MPICH do not go
# together, so that a program belongs to one of them.
find_package(MPI QUIET COMPONENTS C)
if(NOT MPI_C_FOUND)
    return()
endif()

# trainer_link_mpi(PROGRAM): a program whose processes may be ranks.
function(trainer_link_mpi program)
    target_sources(${program} PRIVATE trainer/mpi/mpi_ranks.c
                   trainer/mpi/beats.c trainer/mpi/end_launcher.c)
    target_include_directories(${program} PRIVATE trainer)
    target_include_directories(${program} SYSTEM PRIVATE ${MPI_C_INCLUDE_DIRS})
    target_link_libraries(${program} PRIVATE ${MPI_C_LIBRARIES})
endfunction()

add_executable(trainer-mpi trainer/main.c)
trainer_configure(trainer-mpi)
trainer_link_mpi(trainer-mpi)
target_link_libraries(trainer-mpi PRIVATE trainer_program)
install(TARGETS trainer-mpi RUNTIME OPTIONAL)
