/* SPDX-License-Identifier: MIT */
/* Numbers of NFS version 3 and of its mount protocol: RFC 1813, sections 2 and 5. */
#ifndef CCSAN_HOSTS_LINUX_NFS3_H
#define CCSAN_HOSTS_LINUX_NFS3_H

#include <linux/nfs.h>

#define NFS3_VERSION     3u
#define NFS_MNT3_VERSION 3u

#define NFS3_FHSIZE         64
#define NFS3_COOKIESIZE     4
#define NFS3_CREATEVERFSIZE 8
#define NFS3_COOKIEVERFSIZE 8
#define NFS3_WRITEVERFSIZE  8
#define NFS3_MAXPATHLEN     1024

#define NFS3PROC_NULL        0
#define NFS3PROC_GETATTR     1
#define NFS3PROC_SETATTR     2
#define NFS3PROC_LOOKUP      3
#define NFS3PROC_READ        6
#define NFS3PROC_WRITE       7
#define NFS3PROC_CREATE      8
#define NFS3PROC_READDIRPLUS 17
#define NFS3PROC_COMMIT      21

#define MOUNTPROC3_NULL 0
#define MOUNTPROC3_MNT  1
#define MOUNTPROC3_UMNT 3

enum nfs3_ftype {
	NF3NON = 0,
	NF3REG = 1,
	NF3DIR = 2,
	NF3BLK = 3,
	NF3CHR = 4,
	NF3LNK = 5,
	NF3SOCK = 6,
	NF3FIFO = 7,
};

#endif
