/**
 * Consumer groups: which shard a group belongs to, and what drives the shards. Beside the path; each shard belongs to one
 * event loop, whichever connection a request comes from.
 *
 * <pre>
 *  handler (connection's loop) --> GroupCoordinators --> ShardHost (shard's loop) --> GroupShard: decide
 *                                                             |                          |
 *  client  <-- connection's loop <-- answer <-- apply <-- [ShardLog: ring, durable] <-- records
 * </pre>
 *
 * The packages below: {@code api} one handler for each API, {@code shard} the groups of one partition, {@code classic} members
 * and generations, {@code consumer} members that the coordinator assigns to, {@code assign} how it does that, {@code
 * subscription} topics by regular expression, {@code offset} offsets and their expiry, {@code record} the formats on disk,
 * {@code decision} the values that they share. Only this package and {@code api} know Vert.x.
 */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
