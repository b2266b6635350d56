/**
 * Groups of the next-generation protocol (KIP-848): the coordinator assigns, and members come to what they are assigned one by
 * one, with nothing but heartbeats. A state machine on values: time is an argument, and what must survive is returned as records.
 *
 * <pre>
 *  a member joins, leaves or reads other topics, or a topic changes   --> the group's epoch grows
 *  the group's epoch is ahead of the target assignment's              --> the next heartbeat makes a new target assignment
 *  a member is behind the target assignment                           --> its heartbeats bring it there:
 *
 *            it has what it must give up               others have what it is to get
 *   Stable -----------------------------> Unrevoked ------------------------------> Unreleased
 *     ^   ^      (it stays in its epoch)      |  (it is in the target's epoch)           |
 *     |   +-----------------------------------+                                          |
 *     +----------------------------------------------------------------------------------+
 * </pre>
 *
 * <p>A partition is given to a member only when the one before has said that it has stopped reading it, or is gone. So no two
 * members read the same partition, and nobody who keeps what it has is disturbed.
 */
@NullMarked
package io.millrace.broker.group.consumer;

import org.jspecify.annotations.NullMarked;
