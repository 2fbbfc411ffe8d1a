/* SPDX-License-Identifier: MIT */
/* The layout of FUSE's messages, one line for each fact: compiled with the system's header and with
 * ours, to the same output. Names that the versions give to padding are left out. */
#include FUSE_HEADER
#include <stddef.h>
#include <stdio.h>

#define SIZE(type) printf("%s %zu\n", #type, sizeof(struct type))
#define FIELD(type, field)                                                     \
	printf("%s.%s %zu %zu\n", #type, #field, offsetof(struct type, field), \
	       sizeof(((struct type *)0)->field))
#define VALUE(name) printf("%s %lu\n", #name, (unsigned long)(name))

static void print_sizes(void)
{
	SIZE(fuse_in_header);
	SIZE(fuse_out_header);
	SIZE(fuse_init_out);
	SIZE(fuse_attr);
	SIZE(fuse_entry_out);
	SIZE(fuse_forget_in);
	SIZE(fuse_getattr_in);
	SIZE(fuse_attr_out);
	SIZE(fuse_setattr_in);
	SIZE(fuse_open_in);
	SIZE(fuse_mknod_in);
	SIZE(fuse_open_out);
	SIZE(fuse_release_in);
	SIZE(fuse_flush_in);
	SIZE(fuse_fsync_in);
	SIZE(fuse_read_in);
	SIZE(fuse_write_in);
	SIZE(fuse_write_out);
	SIZE(fuse_dirent);
	SIZE(fuse_notify_inval_inode_out);
	SIZE(fuse_notify_inval_entry_out);
	SIZE(fuse_notify_store_out);
}

static void print_fields_of_heads(void)
{
	FIELD(fuse_in_header, len);
	FIELD(fuse_in_header, opcode);
	FIELD(fuse_in_header, unique);
	FIELD(fuse_in_header, nodeid);
	FIELD(fuse_in_header, uid);
	FIELD(fuse_in_header, gid);
	FIELD(fuse_in_header, pid);
	FIELD(fuse_out_header, len);
	FIELD(fuse_out_header, error);
	FIELD(fuse_out_header, unique);
	FIELD(fuse_init_in, major);
	FIELD(fuse_init_in, minor);
	FIELD(fuse_init_in, max_readahead);
	FIELD(fuse_init_in, flags);
	FIELD(fuse_init_out, major);
	FIELD(fuse_init_out, minor);
	FIELD(fuse_init_out, max_readahead);
	FIELD(fuse_init_out, flags);
	FIELD(fuse_init_out, max_background);
	FIELD(fuse_init_out, congestion_threshold);
	FIELD(fuse_init_out, max_write);
	FIELD(fuse_init_out, time_gran);
	FIELD(fuse_init_out, max_pages);
	FIELD(fuse_init_out, map_alignment);
}

static void print_fields_of_inodes(void)
{
	FIELD(fuse_attr, ino);
	FIELD(fuse_attr, size);
	FIELD(fuse_attr, blocks);
	FIELD(fuse_attr, atime);
	FIELD(fuse_attr, mtime);
	FIELD(fuse_attr, ctime);
	FIELD(fuse_attr, atimensec);
	FIELD(fuse_attr, mtimensec);
	FIELD(fuse_attr, ctimensec);
	FIELD(fuse_attr, mode);
	FIELD(fuse_attr, nlink);
	FIELD(fuse_attr, uid);
	FIELD(fuse_attr, gid);
	FIELD(fuse_attr, rdev);
	FIELD(fuse_attr, blksize);
	FIELD(fuse_entry_out, nodeid);
	FIELD(fuse_entry_out, generation);
	FIELD(fuse_entry_out, entry_valid);
	FIELD(fuse_entry_out, attr_valid);
	FIELD(fuse_entry_out, entry_valid_nsec);
	FIELD(fuse_entry_out, attr_valid_nsec);
	FIELD(fuse_entry_out, attr);
	FIELD(fuse_getattr_in, getattr_flags);
	FIELD(fuse_getattr_in, fh);
	FIELD(fuse_attr_out, attr_valid);
	FIELD(fuse_attr_out, attr_valid_nsec);
	FIELD(fuse_attr_out, attr);
	FIELD(fuse_setattr_in, valid);
	FIELD(fuse_setattr_in, fh);
	FIELD(fuse_setattr_in, size);
	FIELD(fuse_setattr_in, lock_owner);
	FIELD(fuse_setattr_in, atime);
	FIELD(fuse_setattr_in, mode);
	FIELD(fuse_setattr_in, uid);
	FIELD(fuse_setattr_in, gid);
}

static void print_fields_of_files(void)
{
	FIELD(fuse_open_in, flags);
	FIELD(fuse_mknod_in, rdev);
	FIELD(fuse_mknod_in, mode);
	FIELD(fuse_mknod_in, umask);
	FIELD(fuse_open_out, fh);
	FIELD(fuse_open_out, open_flags);
	FIELD(fuse_release_in, fh);
	FIELD(fuse_release_in, flags);
	FIELD(fuse_release_in, release_flags);
	FIELD(fuse_release_in, lock_owner);
	FIELD(fuse_flush_in, fh);
	FIELD(fuse_flush_in, lock_owner);
	FIELD(fuse_fsync_in, fh);
	FIELD(fuse_fsync_in, fsync_flags);
	FIELD(fuse_read_in, fh);
	FIELD(fuse_read_in, offset);
	FIELD(fuse_read_in, size);
	FIELD(fuse_read_in, read_flags);
	FIELD(fuse_read_in, lock_owner);
	FIELD(fuse_read_in, flags);
	FIELD(fuse_write_in, fh);
	FIELD(fuse_write_in, offset);
	FIELD(fuse_write_in, size);
	FIELD(fuse_write_in, write_flags);
	FIELD(fuse_write_in, lock_owner);
	FIELD(fuse_write_in, flags);
	FIELD(fuse_write_out, size);
	FIELD(fuse_dirent, ino);
	FIELD(fuse_dirent, off);
	FIELD(fuse_dirent, namelen);
	FIELD(fuse_dirent, type);
	FIELD(fuse_notify_inval_inode_out, ino);
	FIELD(fuse_notify_inval_inode_out, off);
	FIELD(fuse_notify_inval_inode_out, len);
	FIELD(fuse_notify_inval_entry_out, parent);
	FIELD(fuse_notify_inval_entry_out, namelen);
	FIELD(fuse_notify_store_out, nodeid);
	FIELD(fuse_notify_store_out, offset);
	FIELD(fuse_notify_store_out, size);
}

static void print_values(void)
{
	VALUE(FUSE_KERNEL_VERSION);
	VALUE(FUSE_ROOT_ID);
	VALUE(FUSE_MIN_READ_BUFFER);
	VALUE(FUSE_LOOKUP);
	VALUE(FUSE_FORGET);
	VALUE(FUSE_GETATTR);
	VALUE(FUSE_SETATTR);
	VALUE(FUSE_UNLINK);
	VALUE(FUSE_OPEN);
	VALUE(FUSE_READ);
	VALUE(FUSE_WRITE);
	VALUE(FUSE_RELEASE);
	VALUE(FUSE_FSYNC);
	VALUE(FUSE_FLUSH);
	VALUE(FUSE_INIT);
	VALUE(FUSE_OPENDIR);
	VALUE(FUSE_READDIR);
	VALUE(FUSE_RELEASEDIR);
	VALUE(FUSE_MKNOD);
	VALUE(FUSE_DESTROY);
	VALUE(FUSE_NOTIFY_INVAL_INODE);
	VALUE(FUSE_NOTIFY_INVAL_ENTRY);
	VALUE(FUSE_NOTIFY_STORE);
	VALUE(FUSE_ASYNC_READ);
	VALUE(FUSE_ATOMIC_O_TRUNC);
	VALUE(FUSE_BIG_WRITES);
	VALUE(FUSE_AUTO_INVAL_DATA);
	VALUE(FUSE_WRITEBACK_CACHE);
	VALUE(FUSE_MAX_PAGES);
	VALUE(FUSE_GETATTR_FH);
	VALUE(FATTR_MODE);
	VALUE(FATTR_SIZE);
	VALUE(FATTR_FH);
	VALUE(FOPEN_DIRECT_IO);
	VALUE(FOPEN_KEEP_CACHE);
	VALUE(FUSE_FSYNC_FDATASYNC);
	VALUE(FUSE_WRITE_CACHE);
	VALUE(FUSE_NAME_OFFSET);
	VALUE(FUSE_DIRENT_ALIGN(17));
}

int main(void)
{
	print_sizes();
	print_fields_of_heads();
	print_fields_of_inodes();
	print_fields_of_files();
	print_values();
	return 0;
}
