/*
 * page_files.c - files of the source tree and of libjs-chart.js as bytes of the library.
 *
 * The build says where they lie: PAGE_FOLDER, and PAGE_CHART where Chart.js was found.
 */
#include "page_files.h"

/* Defines `name`, the bytes of a file, and `name_end` behind the last of them. */
#define EMBED(name, path)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #name "\n.hidden " #name "\n.global " #name "_end\n.hidden " #name          \
            "_end\n" #name ":\n.incbin \"" path "\"\n" #name "_end:\n"                             \
            ".popsection\n");                                                                      \
    extern const char name[], name##_end[]

#define EMBEDDED(name)                                                                             \
    (struct page_file)                                                                             \
    {                                                                                              \
        name, (size_t)(name##_end - name)                                                          \
    }

EMBED(page_bytes_style, PAGE_FOLDER "/page.css");
EMBED(page_bytes_script, PAGE_FOLDER "/page.js");
EMBED(page_bytes_figures, PAGE_FOLDER "/figures.js");
EMBED(page_bytes_sweep, PAGE_FOLDER "/sweep.js");
EMBED(page_bytes_licence, PAGE_FOLDER "/chart.licence");
#ifdef PAGE_CHART
EMBED(page_bytes_chart, PAGE_CHART);
#endif

struct page_file page_file_style(void)
{
    return EMBEDDED(page_bytes_style);
}

struct page_file page_file_script(void)
{
    return EMBEDDED(page_bytes_script);
}

struct page_file page_file_figures(void)
{
    return EMBEDDED(page_bytes_figures);
}

struct page_file page_file_sweep(void)
{
    return EMBEDDED(page_bytes_sweep);
}

struct page_file page_file_licence(void)
{
    return EMBEDDED(page_bytes_licence);
}

struct page_file page_file_chart(void)
{
#ifdef PAGE_CHART
    return EMBEDDED(page_bytes_chart);
#else
    return (struct page_file){"", 0};
#endif
}
