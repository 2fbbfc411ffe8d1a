/* SPDX-License-Identifier: MIT */
/*
 * What carries NFS calls in tests: a server inside of the program, a server on this machine over
 * TCP, or a recording of one. Names of ccsan's, not of Linux's.
 *
 * All of it but the calls is outside of what is simulated: a server's memory is in no cache here.
 */
#ifndef CCSAN_HOSTS_LINUX_CCSAN_NFS_H
#define CCSAN_HOSTS_LINUX_CCSAN_NFS_H

#include <linux/nfs_xdr.h>
#include <linux/sunrpc/clnt.h>

struct dentry;
struct inode;

/* --- transports; Owns: the caller, until destroy() --- */

/**
 * Over TCP to this machine: 127.0.0.1, from any port.
 *
 * Return: NULL if it does not connect; errno tells why.
 */
struct rpc_xprt *ccsan_linux_rpc_tcp(unsigned short port);

/** What a program called and was answered, in order. */
struct ccsan_rpc_recording {
	const u8 *bytes; /**< calls and replies in turn, each with a record mark (RFC 5531, 11) */
	size_t size;
};

/** Answers from a recording. A call that differs from the recorded one, but for its xid, is
 *  answered -EIO, with a message. */
struct rpc_xprt *ccsan_linux_rpc_replay(const struct ccsan_rpc_recording *recording);

/** Passes calls on, and appends them and their replies to a file, as recordings are. Return: NULL
 * if the file cannot be made. */
struct rpc_xprt *ccsan_linux_rpc_record(struct rpc_xprt *xprt, const char *file);

/* --- a server inside of the program: one directory of files, NFSv3 and MOUNT --- */

struct ccsan_nfs_server;

/** A server with the one directory `/export`. Return: NULL without memory. Owns: for ever. */
struct ccsan_nfs_server *ccsan_linux_nfs_server(void);

/** Sets a file's bytes from outside, as another client does: its times change. Makes the file.
 *  Return: whether there was memory. */
bool ccsan_linux_nfs_server_write(struct ccsan_nfs_server *server, const char *name, u64 offset,
				  const void *from, size_t bytes);

/** Bytes of a file as the server has them. Return: how many, -1 if there is no such file. */
ssize_t ccsan_linux_nfs_server_read(struct ccsan_nfs_server *server, const char *name, u64 offset,
				    void *to, size_t bytes);

/** Cuts a file off, or makes it longer. */
bool ccsan_linux_nfs_server_truncate(struct ccsan_nfs_server *server, const char *name, u64 size);

/** How many calls of a procedure it has answered. */
unsigned int ccsan_linux_nfs_server_calls(const struct ccsan_nfs_server *server, u32 procedure);

/** The server forgets what was written but not committed, as in a crash: verifiers change. */
void ccsan_linux_nfs_server_reboot(struct ccsan_nfs_server *server);

/** The next `count` replies say this status (enum nfs_stat). */
void ccsan_linux_nfs_server_fail(struct ccsan_nfs_server *server, u32 status, unsigned int count);

/** Calls it directly. */
struct rpc_xprt *ccsan_linux_nfs_server_xprt(struct ccsan_nfs_server *server);

/** Answers one call. Owns: the caller free()s *reply. Return: bytes, -errno without memory or for
 *  what is no call. */
ssize_t ccsan_linux_nfs_server_answer(struct ccsan_nfs_server *server, const void *call,
				      size_t bytes, void **reply);

/* --- calls (RFC 1813): each waits for its reply. Return: 0, -errno. Fidelity: exact --- */

int ccsan_nfs3_null(struct rpc_xprt *xprt);
int ccsan_nfs3_getattr(struct rpc_xprt *xprt, const struct nfs_fh *fh, struct nfs_fattr *fattr);
int ccsan_nfs3_setsize(struct rpc_xprt *xprt, const struct nfs_fh *fh, u64 size,
		       struct nfs_fattr *fattr);
int ccsan_nfs3_lookup(struct rpc_xprt *xprt, const struct nfs3_diropargs *args, struct nfs_fh *fh,
		      struct nfs_fattr *fattr);
int ccsan_nfs3_read(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		    struct nfs_pgio_res *res);
int ccsan_nfs3_write(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		     struct nfs_pgio_res *res);
int ccsan_nfs3_commit(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		      struct nfs_pgio_res *res);
int ccsan_nfs3_readdirplus(struct rpc_xprt *xprt, const struct nfs3_readdirargs *args,
			   struct nfs3_readdirres *res);

/* --- a client --- */

/** The handle of an exported directory. Return: 0, -errno. */
int ccsan_linux_nfs_mount_handle(struct rpc_xprt *xprt, const char *path, struct nfs_fh *fh);

/** Called for each entry, in order. Return: false to stop. */
typedef bool (*ccsan_nfs_see_entry)(void *context, const struct nfs_entry *entry);

/**
 * Reads a directory to its end: replies are collected into several pages each, and decoded as
 * ccsan_behaviour.nfs_readdir says.
 *
 * @param bytes of each reply, rounded up to pages
 * Return: 0, -errno.
 */
int ccsan_linux_nfs_readdir(struct rpc_xprt *xprt, const struct nfs_fh *dir, size_t bytes,
			    ccsan_nfs_see_entry see, void *context);

/** Mounts a directory. @param flags NFS_MOUNT_* of linux/nfs_fs.h. Return: its root, or an
 * ERR_PTR(). Give it to ccsan_linux_unmount(). */
struct dentry *ccsan_linux_nfs_mount(struct rpc_xprt *nfs, const struct nfs_fh *fh,
				     unsigned int flags);

#endif
