/*
 * build.h - what this program was built from. The build generates the source of these.
 */
#ifndef TRAINER_BUILD_H
#define TRAINER_BUILD_H

extern const char *const build_version; /* "0.1.0" */
extern const char
    *const build_git_commit;             /* "1f3c...", "-dirty" where files differ; or "unknown" */
extern const char *const build_compiler; /* "GNU 12.2.0" */

#endif
