/* SPDX-License-Identifier: MIT */
/* Real threads: right results, no finding of the tool's own making; findings of two threads at once
 * are both made, and name them. */
// run: ./p work
// expect: ^right$
// absent: ccsan
//
// run: ./p find
// exit: 66
// findings: 8
// expect: ^right$
// expect: by device nic
// expect: ^ccsan: 8 distinct findings, 80 occurrences$
//
// run: ./p local
// exit: 66
// findings: 1
// expect: ^read of 1 byte at .* by thread [2-9]
// expect: ^    #0 worker_local .*/threads.c:@local$
#include <ccsan/ccsan.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 2000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static _Thread_local int local_sum;
static volatile int ten = 10; /* not known, so that loops stay loops */
static int shared_sum, queue[16], queue_count, detached_done;
static struct ccsan_device *nic;

/* --- ordinary work --- */

static void *produce(void *unused)
{
	for (int i = 1; i <= ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		while (queue_count == 16)
			pthread_cond_wait(&ready, &lock);
		queue[queue_count++] = i;
		pthread_cond_broadcast(&ready);
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

static void *consume(void *unused)
{
	int *block = malloc(sizeof(*block) * 100);

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		while (!queue_count)
			pthread_cond_wait(&ready, &lock);
		local_sum += queue[--queue_count];
		block[i % 100] = local_sum;
		pthread_cond_broadcast(&ready);
		pthread_mutex_unlock(&lock);
	}
	free(block);
	__atomic_fetch_add(&shared_sum, local_sum, __ATOMIC_SEQ_CST);
	return unused;
}

static void *detached(void *unused)
{
	char text[64];

	snprintf(text, sizeof(text), "%p", unused);
	pthread_mutex_lock(&lock);
	detached_done++;
	pthread_cond_broadcast(&ready);
	pthread_mutex_unlock(&lock);
	return unused;
}

static void run_detached(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 20; i++)
		if (pthread_create(&thread, &attributes, detached, NULL))
			abort();
	pthread_mutex_lock(&lock);
	while (detached_done < 20)
		pthread_cond_wait(&ready, &lock);
	pthread_mutex_unlock(&lock);
}

static void work(void)
{
	pthread_t producers[THREADS], consumers[THREADS];

	for (int i = 0; i < THREADS; i++) {
		pthread_create(&producers[i], NULL, produce, NULL);
		pthread_create(&consumers[i], NULL, consume, NULL);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(producers[i], NULL);
		pthread_join(consumers[i], NULL);
	}
	run_detached();
	puts(shared_sum == THREADS * (ROUNDS * (ROUNDS + 1) / 2) && !local_sum ? "right" : "wrong");
}

/* --- findings in several threads --- */

struct job {
	char buffer[64];
	void (*send)(char *buffer);
} __attribute__((aligned(64)));

#define SENDER(n)                                                                \
	__attribute__((noinline)) static void send_##n(char *buffer)             \
	{                                                                        \
		char wire[64];                                                   \
                                                                                 \
		memset(buffer, n, 64);                                           \
		ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64); \
	}

SENDER(0)
SENDER(1)
SENDER(2)
SENDER(3)
SENDER(4)
SENDER(5)
SENDER(6)
SENDER(7)

static struct job jobs[8] = { { "", send_0 }, { "", send_1 }, { "", send_2 }, { "", send_3 },
			      { "", send_4 }, { "", send_5 }, { "", send_6 }, { "", send_7 } };

static void *worker(void *argument)
{
	struct job *job = argument;

	pthread_barrier_wait(&barrier);
	for (int i = 0; i < ten; i++)
		job->send(job->buffer);
	return NULL;
}

static void find(void)
{
	pthread_t threads[8];

	pthread_barrier_init(&barrier, NULL, 8);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, worker, &jobs[i]);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	puts("right");
}

/* --- thread-local memory is memory like any other --- */

static _Thread_local char local_buffer[64] __attribute__((aligned(64)));

static void *worker_local(void *unused)
{
	volatile char *p = local_buffer;
	char frame = 7;

	(void)p[0];
	ccsan_dma_flush(local_buffer, 64);
	(void)p[1];
	ccsan_device_write(nic, (ccsan_phys)(uintptr_t)local_buffer, &frame, 1);
	(void)p[0]; /* @local */
	return unused;
}

static void local(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, worker_local, NULL);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	nic = ccsan_device_new("nic", 0);
	if (argc > 1 && !strcmp(argv[1], "work"))
		work();
	else if (argc > 1 && !strcmp(argv[1], "find"))
		find();
	else
		local();
	return 0;
}
