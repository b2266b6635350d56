package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ApiMessage;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * One consumer's membership in a group. It is told what happens; after each call the caller takes the {@link #effects},
 * and sees to it that {@link #tick} is called when {@link #nextWakeUpMs} says. Times are milliseconds of any clock that
 * never goes back.
 *
 * <p>No two members of a group own a partition at once, as far as one side can see to that: what a rebalance takes away
 * is given up before others get it, and a member that has not heard from the coordinator for as long as a session lasts
 * takes its partitions for lost.
 *
 * <p>Owned by: the consumer's event loop.
 */
public sealed interface GroupMembership permits ClassicMembership, ConsumerMembership {

    /** What to read from now on. The first call begins to join. */
    void subscribe(Set<String> topics, long nowMs);

    /** Newest metadata, of these topics; what was said of others still holds. */
    void onTopics(Collection<KnownTopic> topics, long nowMs);

    /** The coordinator has answered. An answer that nobody waits for any more is ignored. */
    void onAnswer(long ticket, ApiMessage response, long nowMs);

    /** There will be no answer, whether the request was sent or not. */
    void onUnanswered(long ticket, long nowMs);

    /** What was to be revoked is stopped and committed. Too late, it does nothing. */
    void onRevoked(long nowMs);

    /** Gives everything up, properly, and leaves; {@link GroupEffect.Left} is the last effect then. */
    void leave(long nowMs);

    /** Time has passed. */
    void tick(long nowMs);

    /** When {@link #tick} has something to do, if nothing else happens; {@link Long#MAX_VALUE} if never. */
    long nextWakeUpMs();

    /** What is to be done, once. */
    List<GroupEffect> effects();

    /** What the application may read or is just finishing. */
    Set<TopicPartition> owned();

    /** For commits; empty if there is none. */
    String memberId();

    /** For commits: the generation, or with KIP-848 the member's epoch; {@link GroupMember#NO_GENERATION} outside. */
    int generation();
}
