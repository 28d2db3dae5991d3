# trainer-mpi: the program with an MPI, from the same objects; where one is found (MPI_C_COMPILER:
# the mpicc to ask). `trainer` itself stays as it is. Binaries of Open MPI and MPICH do not go
# together, so that a program belongs to one of them.
find_package(MPI QUIET COMPONENTS C)
if(NOT MPI_C_FOUND)
    return()
endif()
add_executable(trainer-mpi trainer/main.c trainer/mpi/mpi_ranks.c)
trainer_configure(trainer-mpi)
target_include_directories(trainer-mpi PRIVATE trainer)
target_include_directories(trainer-mpi SYSTEM PRIVATE ${MPI_C_INCLUDE_DIRS})
target_link_libraries(trainer-mpi PRIVATE trainer_program ${MPI_C_LIBRARIES})
install(TARGETS trainer-mpi RUNTIME OPTIONAL)
