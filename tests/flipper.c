/* A thread that overwrites memory with one image after the other, as fast as it can: those words in
   which the images differ. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static volatile uint64_t *target;
static const uint64_t *images;
static size_t words, count, changing;
static size_t *places;
static volatile int stopped;
static pthread_t thread;

static void *flip(void *unused)
{
    size_t image = 0, word;
    while (!stopped) {
        for (word = 0; word < changing; word++)
            target[places[word]] = images[image * words + places[word]];
        image = (image + 1) % count;
    }
    return unused;
}

static int differs(size_t word)
{
    size_t image;
    for (image = 1; image < count; image++)
        if (images[image * words + word] != images[word])
            return 1;
    return 0;
}

int start(void *memory, const void *from, size_t n_words, size_t n_images)
{
    size_t word;
    target = memory;
    images = from;
    words = n_words;
    count = n_images;
    stopped = 0;
    changing = 0;
    places = malloc(words * sizeof(size_t));
    for (word = 0; places && word < words; word++)
        if (differs(word))
            places[changing++] = word;
    return pthread_create(&thread, NULL, flip, NULL);
}

void stop(void)
{
    stopped = 1;
    pthread_join(thread, NULL);
    free(places);
}
