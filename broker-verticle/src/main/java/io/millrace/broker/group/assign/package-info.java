/**
 * Who of a group reads which partitions, where the coordinator decides that (KIP-848): a pure function of what members have
 * subscribed to and of what they were assigned before. No state, no thread, no clock.
 */
@NullMarked
package io.millrace.broker.group.assign;

import org.jspecify.annotations.NullMarked;
