/**
 * Membership in a consumer group, without sockets and clocks: {@link io.millrace.client.group.ClassicMembership} for the
 * protocol in which a member assigns, {@link io.millrace.client.group.ConsumerMembership} for the one in which the
 * coordinator does (KIP-848), and the {@link io.millrace.client.group.PartitionAssignor}s of the first.
 *
 * <p>A membership is told what happens, and when, and answers with {@link io.millrace.client.group.GroupEffect}s: what
 * to send, and what to begin or stop reading. It never hears of demand: nothing that an application reads, or does not,
 * can cause a rebalance. Owned by the event loop of the consumer.
 */
@NullMarked
package io.millrace.client.group;

import org.jspecify.annotations.NullMarked;
