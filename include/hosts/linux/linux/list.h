/* SPDX-License-Identifier: MIT */
/* Lists that go round through their head, and lists whose head is one pointer (Documentation/
 * core-api/list.rst). Fidelity: exact. All is O(1) but for the walks. */
#ifndef CCSAN_HOSTS_LINUX_LIST_H
#define CCSAN_HOSTS_LINUX_LIST_H

#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name)     \
	{                        \
		&(name), &(name) \
	}
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

/* --- joining and leaving --- */

static inline void ccsan_list_link(struct list_head *before, struct list_head *after)
{
	before->next = after;
	after->prev = before;
}

/** Right behind the head: a stack. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	ccsan_list_link(entry, head->next);
	ccsan_list_link(head, entry);
}

/** At the end: a queue. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	list_add(entry, head->prev);
}

static inline void __list_del_entry(struct list_head *entry)
{
	ccsan_list_link(entry->prev, entry->next);
}

/** The entry's pointers are poison afterwards: to follow one of them traps. */
static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = (struct list_head *)LIST_POISON1;
	entry->prev = (struct list_head *)LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	ccsan_list_link(entry, old->next);
	ccsan_list_link(old->prev, entry);
}

static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
	list_replace(old, entry);
	INIT_LIST_HEAD(old);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline bool list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}

static inline bool list_is_first(const struct list_head *entry, const struct list_head *head)
{
	return entry->prev == head;
}

/** All of `list` comes right behind `head`; what `list` itself is then says nobody. */
static inline void list_splice(struct list_head *list, struct list_head *head)
{
	if (list_empty(list))
		return;
	ccsan_list_link(list->prev, head->next);
	ccsan_list_link(head, list->next);
}

static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	list_splice(list, head->prev);
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}

/* --- walking --- */

#define list_entry(p, type, member)       container_of(p, type, member)
#define list_first_entry(p, type, member) list_entry((p)->next, type, member)
#define list_last_entry(p, type, member)  list_entry((p)->prev, type, member)
#define list_first_entry_or_null(p, type, member) \
	(list_empty(p) ? NULL : list_first_entry(p, type, member))
#define list_next_entry(p, member)          list_entry((p)->member.next, __typeof__(*(p)), member)
#define list_prev_entry(p, member)          list_entry((p)->member.prev, __typeof__(*(p)), member)
#define list_entry_is_head(p, head, member) (&(p)->member == (head))

#define list_for_each(p, head)      for (p = (head)->next; p != (head); p = p->next)
#define list_for_each_prev(p, head) for (p = (head)->prev; p != (head); p = p->prev)
#define list_for_each_safe(p, n, head) \
	for (p = (head)->next, n = p->next; p != (head); p = n, n = p->next)

#define list_for_each_entry(p, head, member)                     \
	for (p = list_first_entry(head, __typeof__(*p), member); \
	     !list_entry_is_head(p, head, member); p = list_next_entry(p, member))
#define list_for_each_entry_reverse(p, head, member)            \
	for (p = list_last_entry(head, __typeof__(*p), member); \
	     !list_entry_is_head(p, head, member); p = list_prev_entry(p, member))
#define list_for_each_entry_continue(p, head, member)                              \
	for (p = list_next_entry(p, member); !list_entry_is_head(p, head, member); \
	     p = list_next_entry(p, member))
#define list_for_each_entry_from(p, head, member) \
	for (; !list_entry_is_head(p, head, member); p = list_next_entry(p, member))
#define list_for_each_entry_safe(p, n, head, member)                                             \
	for (p = list_first_entry(head, __typeof__(*p), member), n = list_next_entry(p, member); \
	     !list_entry_is_head(p, head, member); p = n, n = list_next_entry(n, member))

/* --- lists with a head of one pointer --- */

#define HLIST_HEAD_INIT \
	{               \
		NULL    \
	}
#define HLIST_HEAD(name)      struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(head) ((head)->first = NULL)

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}

static inline bool hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline bool hlist_empty(const struct hlist_head *head)
{
	return !READ_ONCE(head->first);
}

static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	if (node->next)
		node->next->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}

static inline void __hlist_del(struct hlist_node *node)
{
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
}

static inline void hlist_del(struct hlist_node *node)
{
	__hlist_del(node);
	node->next = (struct hlist_node *)LIST_POISON1;
	node->pprev = (struct hlist_node **)LIST_POISON2;
}

static inline void hlist_del_init(struct hlist_node *node)
{
	if (hlist_unhashed(node))
		return;
	__hlist_del(node);
	INIT_HLIST_NODE(node);
}

#define hlist_entry(p, type, member) container_of(p, type, member)
#define hlist_entry_safe(p, type, member)                              \
	({                                                             \
		struct hlist_node *hlist_at = (p);                     \
		hlist_at ? hlist_entry(hlist_at, type, member) : NULL; \
	})
#define hlist_for_each(p, head)         for (p = (head)->first; p; p = p->next)
#define hlist_for_each_safe(p, n, head) for (p = (head)->first; p && ((n = p->next), 1); p = n)
#define hlist_for_each_entry(p, head, member)                                  \
	for (p = hlist_entry_safe((head)->first, __typeof__(*(p)), member); p; \
	     p = hlist_entry_safe((p)->member.next, __typeof__(*(p)), member))
#define hlist_for_each_entry_safe(p, n, head, member)                     \
	for (p = hlist_entry_safe((head)->first, __typeof__(*p), member); \
	     p && ((n = p->member.next), 1); p = hlist_entry_safe(n, __typeof__(*p), member))

#endif
