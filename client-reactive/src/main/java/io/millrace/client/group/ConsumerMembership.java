package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Membership by the protocol in which the coordinator assigns (KIP-848). There is one request, the heartbeat: it says
 * what has changed here, and its answer what is to be owned. The member gets there in steps: it gives up what it is not
 * to own, says so, and is told more once others have done the same.
 *
 * <p>Only what has changed is said, and everything after an answer that did not come, and when the member joins (epoch 0).
 *
 * <p>The coordinator throws a member out when its session ends, which this side bounds from the last heartbeat
 * <em>sent</em> that was answered; and when it does not hear within the rebalance timeout that something was given up.
 * That time begins when it says so the first time, and the answer in which it does may have been lost: so not before the
 * first heartbeat since the last answer.
 */
public final class ConsumerMembership implements GroupMembership {
    private static final int JOINING = 0;
    private static final int LEAVING = -1;

    /** A static member that comes back. */
    private static final int LEAVING_FOR_A_WHILE = -2;

    private static final long NEVER = Long.MAX_VALUE;

    private enum Phase {
        /** Nobody has subscribed yet. */
        OUTSIDE,
        /** Heartbeats keep it one, or make it one again. */
        MEMBER,
        /** The application finishes everything. */
        DRAINING,
        /** The last heartbeat is under way. */
        LEAVING,
        ENDED
    }

    private final GroupOptions options;
    private final RandomGenerator random;
    private final Effects effects = new Effects();
    private final Holdings holdings = new Holdings(effects);
    private final TopicNames names = new TopicNames();

    private Phase phase = Phase.OUTSIDE;
    private String memberId;
    private int epoch = JOINING;
    private Set<String> topics = Set.of();

    /** What the coordinator wants this member to own, by topic ids. */
    private Map<UUID, Set<Integer>> target = Map.of();
    /** The part of it whose topics have names here. */
    private Set<TopicPartition> named = Set.of();
    /** When the coordinator can have begun to wait for it, at the earliest. */
    private long targetSentMs;
    /** When the coordinator will wait no longer to hear that something was given up; until it has heard. */
    private long waitsUntilMs = NEVER;
    /** Whether the heartbeat under way tells that all is given up. */
    private boolean tellsReleased;

    /** Whether the coordinator may not know all that was said. */
    private boolean saysAll = true;

    private boolean saysTopics;
    private boolean saysOwned;

    private long ticket = Effects.NONE;
    private long sentMs;
    /** When the first heartbeat was sent since the last answer: those in between may have been heard. */
    private long firstSentMs = NEVER;

    private long nextHeartbeatMs;
    private int intervalMs;
    private long contactMs;
    private int failures;

    /**
     * @param memberId of this member as long as it lives: a random UUID in Kafka's text form (KIP-1082)
     * @param random spreads retries
     */
    public ConsumerMembership(GroupOptions options, String memberId, RandomGenerator random) {
        this.options = options;
        this.memberId = memberId;
        this.random = random;
        this.intervalMs = options.heartbeatIntervalMs();
    }

    @Override
    public void subscribe(Set<String> topics, long nowMs) {
        if (topics.equals(this.topics)) {
            return;
        }
        this.topics = Set.copyOf(topics);
        saysTopics = true;
        if (phase == Phase.OUTSIDE) {
            phase = Phase.MEMBER;
            contactMs = nowMs;
        }
        beat(nowMs);
    }

    @Override
    public void onTopics(Collection<KnownTopic> topics, long nowMs) {
        names.add(topics);
        reconcile(nowMs);
    }

    @Override
    public void onAnswer(long ticket, ApiMessage response, long nowMs) {
        if (ticket != this.ticket || !(response instanceof ConsumerGroupHeartbeatResponse heartbeat)) {
            return;
        }
        this.ticket = Effects.NONE;
        if (phase == Phase.LEAVING) {
            end();
            return;
        }
        ErrorCode error = ErrorCode.forCode(heartbeat.errorCode());
        switch (error) {
            case NONE -> onAccepted(heartbeat, nowMs);
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> {
                loseAll();
                if (phase == Phase.DRAINING) {
                    end();
                } else {
                    nextHeartbeatMs = nowMs;
                }
            }
            default -> {
                if (effects.isPassing(error)) {
                    beatLater(nowMs);
                } else {
                    fail(error, heartbeat.errorMessage());
                }
            }
        }
        tick(nowMs);
    }

    @Override
    public void onUnanswered(long ticket, long nowMs) {
        if (ticket == this.ticket) {
            this.ticket = Effects.NONE;
            if (phase == Phase.LEAVING) {
                // The session will end by itself.
                end();
            } else {
                effects.add(new GroupEffect.CoordinatorMoved());
                beatLater(nowMs);
            }
        }
    }

    @Override
    public void onRevoked(long nowMs) {
        if (holdings.isGivingUp()) {
            holdings.released();
            onReleased(nowMs);
        }
    }

    @Override
    public void leave(long nowMs) {
        switch (phase) {
            case OUTSIDE -> end();
            case MEMBER -> {
                phase = Phase.DRAINING;
                if (holdings.isEmpty()) {
                    sendLeave(nowMs);
                } else {
                    // The coordinator may be asking for some of it already, which it has not told before that.
                    holdings.giveUp(holdings.owned(), Math.max(nowMs, contactMs + options.drainMs()));
                }
            }
            case DRAINING, LEAVING, ENDED -> {}
        }
    }

    @Override
    public void tick(long nowMs) {
        if (phase != Phase.MEMBER && phase != Phase.DRAINING) {
            return;
        }
        if (nowMs >= fencedAtMs()) {
            loseAll();
            if (phase == Phase.DRAINING) {
                sendLeave(nowMs);
                return;
            }
        }
        if (nowMs >= holdings.deadlineMs()) {
            holdings.loseLeaving();
            onReleased(nowMs);
        }
        if (ticket == Effects.NONE && nowMs >= nextHeartbeatMs) {
            beat(nowMs);
        }
    }

    @Override
    public long nextWakeUpMs() {
        if (phase != Phase.MEMBER && phase != Phase.DRAINING) {
            return NEVER;
        }
        long next = Math.min(fencedAtMs(), holdings.deadlineMs());
        return ticket == Effects.NONE ? Math.min(next, nextHeartbeatMs) : next;
    }

    @Override
    public List<GroupEffect> effects() {
        return effects.take();
    }

    @Override
    public Set<TopicPartition> owned() {
        return Set.copyOf(holdings.owned());
    }

    @Override
    public String memberId() {
        return memberId;
    }

    @Override
    public int generation() {
        return epoch == JOINING ? GroupMember.NO_GENERATION : epoch;
    }

    private void onAccepted(ConsumerGroupHeartbeatResponse response, long nowMs) {
        contactMs = sentMs;
        failures = 0;
        if (tellsReleased) {
            waitsUntilMs = NEVER;
        }
        epoch = response.memberEpoch();
        if (response.memberId() != null) {
            memberId = response.memberId();
        }
        if (response.heartbeatIntervalMs() > 0) {
            intervalMs = response.heartbeatIntervalMs();
        }
        nextHeartbeatMs = Math.max(nowMs, sentMs + intervalMs);
        ConsumerGroupHeartbeatResponse.Assignment assignment = response.assignment();
        if (assignment != null && phase == Phase.MEMBER) {
            target = TopicNames.byTopic(assignment);
            targetSentMs = firstSentMs;
            // The coordinator waits to hear that it was done, even if nothing had to be.
            saysOwned = true;
            reconcile(nowMs);
        }
        firstSentMs = NEVER;
        if (saysTopics) {
            nextHeartbeatMs = nowMs;
        }
    }

    /** Comes one step closer to the target. */
    private void reconcile(long nowMs) {
        if (phase != Phase.MEMBER || epoch == JOINING) {
            return;
        }
        Set<UUID> unnamed = names.unknown(target.keySet());
        if (!unnamed.isEmpty()) {
            effects.add(new GroupEffect.WantTopics(Set.of(), unnamed));
        }
        named = names.resolve(target);
        if (holdings.isGivingUp()) {
            return;
        }
        Set<TopicPartition> gone = holdings.where(each -> !named.contains(each));
        if (!gone.isEmpty()) {
            holdings.giveUp(gone, Math.max(nowMs, targetSentMs + options.drainMs()));
            waitsUntilMs = Math.min(waitsUntilMs, targetSentMs + options.rebalanceTimeoutMs());
            return;
        }
        if (!holdings.owned().containsAll(named)) {
            holdings.take(named);
            saysOwned = true;
        }
        if (saysOwned) {
            nextHeartbeatMs = nowMs;
        }
    }

    private void onReleased(long nowMs) {
        saysOwned = true;
        if (phase == Phase.DRAINING) {
            sendLeave(nowMs);
        } else {
            reconcile(nowMs);
            tick(nowMs);
        }
    }

    /** The coordinator may have given up on this member: it thinks so, or has not answered for as long as a session lasts. */
    private long fencedAtMs() {
        return holdings.isEmpty() ? NEVER : Math.min(contactMs + options.sessionTimeoutMs(), waitsUntilMs);
    }

    private void beat(long nowMs) {
        if (ticket != Effects.NONE || (phase != Phase.MEMBER && phase != Phase.DRAINING)) {
            return;
        }
        ConsumerGroupHeartbeatRequest request = heartbeat(epoch);
        boolean all = saysAll || epoch == JOINING;
        if (all) {
            request.instanceId(options.instanceId())
                    .rackId(options.rackId())
                    .rebalanceTimeoutMs(options.rebalanceTimeoutMs())
                    .serverAssignor(options.serverAssignor());
        }
        if (all || saysTopics) {
            request.subscribedTopicNames(List.copyOf(new TreeSet<>(topics)));
        }
        // While something is being given up, only a coordinator that may have forgotten is told of it.
        if (all || (saysOwned && !holdings.isGivingUp())) {
            request.topicPartitions(epoch == JOINING ? List.of() : names.toIds(holdings.owned()));
            saysOwned = false;
            tellsReleased = !holdings.isGivingUp();
        } else {
            tellsReleased = false;
        }
        saysAll = false;
        saysTopics = false;
        send(request, nowMs);
    }

    private ConsumerGroupHeartbeatRequest heartbeat(int memberEpoch) {
        return new ConsumerGroupHeartbeatRequest()
                .groupId(options.groupId())
                .memberId(memberId)
                .memberEpoch(memberEpoch);
    }

    private void send(ConsumerGroupHeartbeatRequest request, long nowMs) {
        sentMs = nowMs;
        firstSentMs = Math.min(firstSentMs, nowMs);
        ticket = effects.send(ApiKey.CONSUMER_GROUP_HEARTBEAT, version -> request, options.sessionTimeoutMs());
    }

    private void beatLater(long nowMs) {
        saysAll = true;
        saysOwned |= !holdings.isGivingUp();
        nextHeartbeatMs = nowMs + options.backoff().delayMs(++failures, random);
    }

    private void loseAll() {
        holdings.loseAll();
        epoch = JOINING;
        target = Map.of();
        named = Set.of();
        saysAll = true;
        saysOwned = false;
        waitsUntilMs = NEVER;
        firstSentMs = NEVER;
        // An answer that is still on its way is for a member that is no more.
        ticket = Effects.NONE;
    }

    private void sendLeave(long nowMs) {
        if (epoch == JOINING && ticket == Effects.NONE) {
            end();
            return;
        }
        phase = Phase.LEAVING;
        boolean stays = options.instanceId() != null;
        ConsumerGroupHeartbeatRequest request = heartbeat(stays ? LEAVING_FOR_A_WHILE : LEAVING);
        send(request.instanceId(options.instanceId()), nowMs);
    }

    private void end() {
        phase = Phase.ENDED;
        epoch = JOINING;
        effects.add(new GroupEffect.Left());
    }

    private void fail(ErrorCode error, @Nullable String message) {
        loseAll();
        phase = Phase.ENDED;
        String said = message == null ? "the coordinator does not allow the member to stay" : message;
        effects.add(new GroupEffect.Failed(error, "group '" + options.groupId() + "': " + said + " (" + error + ")"));
    }

    @Override
    public String toString() {
        return "member " + memberId + " at epoch " + epoch + ", " + phase + ", has " + holdings.owned() + " of "
                + named;
    }
}
