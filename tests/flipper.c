/* A thread that overwrites memory with one image after the other, as fast as it can. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

static volatile uint64_t *target;
static const uint64_t *images;
static size_t words, count;
static volatile int stopped;
static pthread_t thread;

static void *flip(void *unused)
{
    size_t image = 0, word;
    while (!stopped) {
        for (word = 0; word < words; word++)
            target[word] = images[image * words + word];
        image = (image + 1) % count;
    }
    return unused;
}

int start(void *memory, const void *from, size_t n_words, size_t n_images)
{
    target = memory;
    images = from;
    words = n_words;
    count = n_images;
    stopped = 0;
    return pthread_create(&thread, NULL, flip, NULL);
}

void stop(void)
{
    stopped = 1;
    pthread_join(thread, NULL);
}
