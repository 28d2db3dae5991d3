/*
 * output_path.h - the file that a command is told to write, judged before anything is computed.
 *
 *     plot RUN -o out/x.svg         out/x.svg: no folder 'out'
 *     predict RUN x.csv -o x.csv    x.csv: is what is read; expected another name
 *     plot RUN -o x.pdf             x.pdf: expected a file's name that ends in .svg or .png
 *     plot RUN -o mine.svg          mine.svg: is there and is no SVG picture; expected ...
 *
 * Each gives TRAINER_OK or TRAINER_INVALID; a path that is NULL is standard output.
 */
#ifndef TRAINER_OUTPUT_PATH_H
#define TRAINER_OUTPUT_PATH_H

enum output_picture { OUTPUT_SVG, OUTPUT_PNG, OUTPUT_SVG_OR_PNG };

/* The folder of the file is there. */
int output_check_folder(const char *path);

/* The file is not the one that is read, by whatever name. */
int output_check_input(const char *path, const char *input);

/* The file's name ends as such a picture's, its folder is there, and so far there is nothing of
 * that name, or such a picture: these alone are replaced. */
int output_check_picture(const char *path, enum output_picture picture);

#endif
