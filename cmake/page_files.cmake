# What every page of a report holds, put into the library by framework/report/page_files.c: our
# stylesheet and script, and Chart.js where libjs-chart.js is installed.
find_file(TRAINER_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH)
mark_as_advanced(TRAINER_CHART_JS)
set(page_folder ${PROJECT_SOURCE_DIR}/framework/report)
set(page_facts PAGE_FOLDER="${page_folder}")
set(page_parts ${page_folder}/page.css ${page_folder}/page.js ${page_folder}/figures.js
    ${page_folder}/sweep.js ${page_folder}/chart.licence)
if(TRAINER_CHART_JS)
    list(APPEND page_facts PAGE_CHART="${TRAINER_CHART_JS}")
    list(APPEND page_parts ${TRAINER_CHART_JS})
else()
    message(STATUS "No libjs-chart.js: the curves of reports cannot be looked into")
endif()
set_source_files_properties(framework/report/page_files.c PROPERTIES
    COMPILE_DEFINITIONS "${page_facts}" OBJECT_DEPENDS "${page_parts}")
# The test of pages without Chart.js embeds the others anew.
set_source_files_properties(tests/report/test_page_plain.c PROPERTIES
    COMPILE_DEFINITIONS PAGE_FOLDER="${page_folder}" OBJECT_DEPENDS "${page_parts}")
