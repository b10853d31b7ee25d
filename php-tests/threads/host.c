/*
 * Runs one script in many threads of this process at once, request after request, as a threaded server does. For a thread-safe PHP with
 * its embeddable library.
 *
 *   host EXTENSION DIRECTORY SCRIPT THREADS REQUESTS
 *
 * The segment is a file in DIRECTORY. The script's $argv is [SCRIPT, thread, request], each counted from 0; when all threads have ended
 * it runs once more, with [SCRIPT, "last", THREADS * REQUESTS]. What it prints goes to the standard output.
 */
#include <php_embed.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char settings[4096];
static char *script;
static int requests;

static int start(sapi_module_struct *module)
{
    /* PHP 8.2 gives it back to free() at the end. */
    module->ini_entries = strdup(settings);
    return php_module_startup(module, NULL);
}

static void run(char *thread, int number)
{
    char text[16];
    char *arguments[] = {script, thread, text};
    zend_file_handle file;

    snprintf(text, sizeof text, "%d", number);
    SG(request_info).argc = 3;
    SG(request_info).argv = arguments;
    if (php_request_startup() == FAILURE) {
        fprintf(stderr, "a request does not start\n");
        exit(1);
    }
    SG(headers_sent) = 1;
    SG(request_info).no_headers = 1;
    zend_stream_init_filename(&file, script);
    php_execute_script(&file);
    zend_destroy_file_handle(&file);
    php_request_shutdown(NULL);
}

static void *thread(void *argument)
{
    char text[16];

    snprintf(text, sizeof text, "%d", (int) (intptr_t) argument);
    ts_resource(0);
    for (int number = 0; number < requests; number++) {
        run(text, number);
    }
    ts_free_thread();
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "host EXTENSION DIRECTORY SCRIPT THREADS REQUESTS\n");
        return 2;
    }
    script = argv[3];
    int count = atoi(argv[4]);
    requests = atoi(argv[5]);
    snprintf(settings, sizeof settings,
        "extension=%s\ntrove.directory=%s\ntrove.segment=threads\ntrove.memory=16M\n"
        "html_errors=0\nregister_argc_argv=1\noutput_buffering=0\nmax_execution_time=0\n",
        argv[1], argv[2]);
    php_embed_module.php_ini_ignore = 1;
    php_embed_module.startup = start;
    if (php_embed_init(0, NULL) == FAILURE) {
        return 1;
    }
    php_request_shutdown(NULL);

    pthread_t *threads = calloc(count, sizeof *threads);
    for (int number = 0; number < count; number++) {
        if (pthread_create(&threads[number], NULL, thread, (void *) (intptr_t) number) != 0) {
            fprintf(stderr, "a thread does not start\n");
            return 1;
        }
    }
    for (int number = 0; number < count; number++) {
        pthread_join(threads[number], NULL);
    }
    free(threads);
    run("last", count * requests);

    if (php_request_startup() == FAILURE) {
        return 1;
    }
    php_embed_shutdown();
    return 0;
}
