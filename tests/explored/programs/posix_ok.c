// SPDX-License-Identifier: MIT
// An unmodified multithreaded program: a queue of one place, a producer, a consumer.
// explore:
// exit: 0
// has: (all there are)
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int *place; /* empty: NULL */
static _Thread_local int sum;

static void put(int value)
{
	int *item = malloc(sizeof(*item));

	*item = value;
	pthread_mutex_lock(&mutex);
	while (place)
		pthread_cond_wait(&changed, &mutex);
	place = item;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

static int take(void)
{
	int *item, value;

	pthread_mutex_lock(&mutex);
	while (!place)
		pthread_cond_wait(&changed, &mutex);
	item = place;
	place = NULL;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	value = *item;
	free(item);
	return value;
}

static void *consume(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2; i++)
		sum += take();
	return (void *)(long)sum;
}

int main(void)
{
	pthread_t consumer;
	void *result;

	assert(!place && !sum);
	pthread_create(&consumer, NULL, consume, NULL);
	put(3);
	put(4);
	pthread_join(consumer, &result);
	assert((long)result == 7);
	assert(sum == 0); /* each thread has its own */
	return 0;
}
