/**
 * One handler for each API of consumer groups: what can be checked without the group, the way to its shard, and back. On the
 * connection's event loop.
 */
@NullMarked
package io.millrace.broker.group.api;

import org.jspecify.annotations.NullMarked;
