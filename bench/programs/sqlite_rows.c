/* SPDX-License-Identifier: MIT */
/*
 * Builds a database in memory with an index, and queries it: look-ups, a range, a join with
 * aggregation, updates, deletions.
 *
 * usage: sqlite_rows ROWS
 */
#include <stdio.h>
#include <stdlib.h>

#include "sqlite3.h"

static sqlite3 *db;

static void check(int status, int wanted)
{
	if (status == wanted)
		return;
	fprintf(stderr, "sqlite_rows: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void execute(const char *sql)
{
	check(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *statement;

	check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	return statement;
}

static void build(int rows)
{
	sqlite3_stmt *insert;

	execute("create table item(id integer primary key, owner integer, name text, price real)");
	execute("begin");
	insert = prepare("insert into item values(?1, ?1 * 7919 % 1000, 'item ' || ?1, ?1 / 3.0)");
	for (int i = 1; i <= rows; i++) {
		sqlite3_bind_int(insert, 1, i);
		check(sqlite3_step(insert), SQLITE_DONE);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	execute("create index item_owner on item(owner, name)");
	execute("create table owner as select distinct owner as id, 'owner ' || owner as name "
		"from item");
	execute("commit");
}

static sqlite3_int64 sum_of(const char *sql, int rounds, int step)
{
	sqlite3_stmt *query = prepare(sql);
	sqlite3_int64 sum = 0;

	for (int i = 0; i < rounds; i++) {
		sqlite3_bind_int(query, 1, i * step);
		while (sqlite3_step(query) == SQLITE_ROW)
			sum += sqlite3_column_int64(query, 0);
		sqlite3_reset(query);
	}
	sqlite3_finalize(query);
	return sum;
}

int main(int argc, char **argv)
{
	int rows = argc > 1 ? atoi(argv[1]) : 1000;
	sqlite3_int64 sum = 0;

	check(sqlite3_open(":memory:", &db), SQLITE_OK);
	build(rows);
	sum += sum_of("select length(name) from item where id = ?1", rows / 2, 2);
	sum += sum_of("select id from item where owner = ?1 % 1000 order by name", 200, 5);
	sum += sum_of("select sum(price) from item join owner on item.owner = owner.id "
		      "where ?1 >= 0 group by owner.name",
		      1, 1);
	sum += sum_of("select count(*) from item where name like '%7' || ?1 || '%'", 2, 1);
	execute("update item set price = price * 2 where owner < 100");
	execute("delete from item where owner > 900");
	sum += sum_of("select sum(price) from item where ?1 >= 0", 1, 1);
	printf("%lld\n", (long long)sum);
	sqlite3_close(db);
	return 0;
}
