/* SPDX-License-Identifier: MIT */
/* The procedures of NFS version 3, one function each. All return 0 or -errno. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "nfs.h"

static int call(struct rpc_xprt *xprt, u32 number, const void *args, void *result)
{
	struct rpc_clnt clnt = { xprt, NFS_PROGRAM, NFS3_VERSION };
	struct rpc_message msg = { &nfs3_procedures[number], args, result };

	return rpc_call_sync(&clnt, &msg, 0);
}

static int call_mount(struct rpc_xprt *xprt, u32 number, const void *args, void *result)
{
	struct rpc_clnt clnt = { xprt, NFS_MNT_PROGRAM, NFS_MNT3_VERSION };
	struct rpc_message msg = { &nfs3_mnt_procedures[number], args, result };

	return rpc_call_sync(&clnt, &msg, 0);
}

int ccsan_linux_nfs_mount_handle(struct rpc_xprt *xprt, const char *path, struct nfs_fh *fh)
{
	struct nfs3_mntargs args = { path };
	struct nfs3_mntres res = { fh };

	if (strlen(path) > NFS3_MAXPATHLEN)
		return -ENAMETOOLONG;
	return call_mount(xprt, MOUNTPROC3_MNT, &args, &res);
}

int ccsan_nfs3_null(struct rpc_xprt *xprt)
{
	return call(xprt, NFS3PROC_NULL, NULL, NULL);
}

int ccsan_nfs3_getattr(struct rpc_xprt *xprt, const struct nfs_fh *fh, struct nfs_fattr *fattr)
{
	fattr->valid = 0;
	return call(xprt, NFS3PROC_GETATTR, fh, fattr);
}

int ccsan_nfs3_setsize(struct rpc_xprt *xprt, const struct nfs_fh *fh, u64 size,
		       struct nfs_fattr *fattr)
{
	struct nfs3_sattrargs args = { fh, size };

	fattr->valid = 0;
	return call(xprt, NFS3PROC_SETATTR, &args, fattr);
}

int ccsan_nfs3_lookup(struct rpc_xprt *xprt, const struct nfs3_diropargs *args, struct nfs_fh *fh,
		      struct nfs_fattr *fattr)
{
	struct nfs_fattr dir_attr = { 0 };
	struct nfs3_diropres res = { &dir_attr, fattr, fh };

	if (args->len > NFS_MAXNAMLEN)
		return -ENAMETOOLONG;
	fattr->valid = 0;
	return call(xprt, NFS3PROC_LOOKUP, args, &res);
}

int ccsan_nfs3_read(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		    struct nfs_pgio_res *res)
{
	res->fattr->valid = 0;
	return call(xprt, NFS3PROC_READ, args, res);
}

/* A server that says that it wrote more than it was given is not believed. */
int ccsan_nfs3_write(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		     struct nfs_pgio_res *res)
{
	int error;

	res->fattr->valid = 0;
	error = call(xprt, NFS3PROC_WRITE, args, res);
	if (!error && res->count > args->count)
		error = -EIO;
	return error;
}

int ccsan_nfs3_commit(struct rpc_xprt *xprt, const struct nfs_pgio_args *args,
		      struct nfs_pgio_res *res)
{
	res->fattr->valid = 0;
	return call(xprt, NFS3PROC_COMMIT, args, res);
}

int ccsan_nfs3_readdirplus(struct rpc_xprt *xprt, const struct nfs3_readdirargs *args,
			   struct nfs3_readdirres *res)
{
	res->dir_attr->valid = 0;
	return call(xprt, NFS3PROC_READDIRPLUS, args, res);
}
