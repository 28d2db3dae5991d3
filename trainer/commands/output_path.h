/*
 * output_path.h - the file that a command is told to write, judged before anything is computed.
 *
 *     trainer plot RUN -o out/x.svg    out/x.svg: no folder 'out'
 *     trainer plot RUN -o x.pdf        x.pdf: expected a file's name that ends in .svg or .png
 *     trainer plot RUN -o mine.svg     mine.svg: is there and is no SVG picture; expected ...
 *
 * Each gives TRAINER_OK or TRAINER_INVALID; a path that is NULL is standard output.
 */
#ifndef TRAINER_OUTPUT_PATH_H
#define TRAINER_OUTPUT_PATH_H

enum output_picture { OUTPUT_SVG, OUTPUT_PNG, OUTPUT_SVG_OR_PNG };

/* The folder of the file is there. */
int output_check_folder(const char *path);

/* The file's name ends as such a picture's, its folder is there, and so far there is nothing of
 * that name, or such a picture: these alone are replaced. */
int output_check_picture(const char *path, enum output_picture picture);

#endif
