package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireException;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.SyncGroupResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Membership by the classic protocol: all members join, the coordinator makes one of them the leader, who assigns, and
 * all sync.
 *
 * <pre>
 *              give up what is not wanted            (leader) metadata
 * OUTSIDE --> GIVING_UP --> JOINING ----------> ASSIGNING ---> SYNCING --> STABLE
 *                 ^                                               |          |
 *                 |                          cooperative: less    v          | a rebalance, another subscription,
 *                 +----------------------------------------- SHRINKING       | other partitions (leader)
 *                 +----------------------------------------------------------+
 * </pre>
 *
 * <p>A member that is not cooperative gives up everything before it joins; a cooperative one (KIP-429) joins with what
 * it has, gives up what it does not get back, and joins again, so that others may have it.
 *
 * <p>When others get what this member has is for the coordinator to say; {@link Session} bounds it from this side. While the
 * coordinator holds a join or a sync back, it keeps the member; after one that was lost, the clock runs again.
 */
public final class ClassicMembership implements GroupMembership {
    private static final long NEVER = Long.MAX_VALUE;

    private enum Phase {
        /** Nobody has subscribed yet. */
        OUTSIDE,
        /** The application finishes what the member may not have while it joins. */
        GIVING_UP,
        /** JoinGroup is under way, or is to be tried again. */
        JOINING,
        /** The leader needs to know topics before it can assign. */
        ASSIGNING,
        SYNCING,
        STABLE,
        /** The application finishes what others are to get. */
        SHRINKING,
        /** The application finishes everything, or LeaveGroup is under way. */
        LEAVING,
        ENDED
    }

    private final GroupOptions options;
    private final ClassicRequests requests;
    private final RandomGenerator random;
    private final Effects effects = new Effects();
    private final Holdings holdings = new Holdings(effects);
    private final Leadership leadership = new Leadership();
    private final Session session;

    private Phase phase = Phase.OUTSIDE;
    private Set<String> topics = Set.of();

    private String memberId = "";
    private int generation = GroupMember.NO_GENERATION;
    private String assignorName = "";
    private Set<TopicPartition> lastAssigned = Set.of();
    private int lastGeneration = GroupMember.NO_GENERATION;
    /** What the last join has said to own. */
    private Set<TopicPartition> claimed = Set.of();

    /** Something has changed that needs another rebalance, once this one is over. */
    private boolean rejoin;

    /** Of a join, sync or leave. */
    private long ticket = Effects.NONE;

    private long sentMs;
    private long retryAtMs = NEVER;
    private int failures;
    private final Heartbeat heartbeat = new Heartbeat();

    /** @param random spreads retries */
    public ClassicMembership(GroupOptions options, RandomGenerator random) {
        this.options = options;
        this.requests = new ClassicRequests(options, effects);
        this.session = new Session(options);
        this.random = random;
    }

    @Override
    public void subscribe(Set<String> topics, long nowMs) {
        if (!topics.equals(this.topics)) {
            this.topics = Set.copyOf(topics);
            if (phase == Phase.OUTSIDE) {
                session.onQuiet(nowMs);
                prepareJoin(nowMs);
            } else {
                rejoin = true;
                goOn(nowMs);
            }
        }
    }

    @Override
    public void onTopics(Collection<KnownTopic> topics, long nowMs) {
        leadership.onTopics(topics);
        if (phase == Phase.ASSIGNING) {
            assign(nowMs);
        } else if (leadership.isOutdated()) {
            rejoin = true;
            goOn(nowMs);
        }
    }

    @Override
    public void onAnswer(long ticket, ApiMessage response, long nowMs) {
        if (ticket == this.ticket) {
            this.ticket = Effects.NONE;
            if (response instanceof JoinGroupResponse join) {
                onJoined(join, nowMs);
            } else if (response instanceof SyncGroupResponse sync) {
                onSynced(sync, nowMs);
            } else {
                end();
            }
        } else if (heartbeat.ends(ticket) && response instanceof HeartbeatResponse beat) {
            onHeartbeat(ErrorCode.forCode(beat.errorCode()), nowMs);
        }
        goOn(nowMs);
    }

    @Override
    public void onUnanswered(long ticket, long nowMs) {
        if (ticket == this.ticket) {
            this.ticket = Effects.NONE;
            if (phase == Phase.LEAVING) {
                // The session will end by itself.
                end();
            } else {
                session.onTrouble();
                effects.add(new GroupEffect.CoordinatorMoved());
                joinLater(nowMs);
            }
        } else if (heartbeat.ends(ticket)) {
            effects.add(new GroupEffect.CoordinatorMoved());
            heartbeatLater(nowMs);
        }
        goOn(nowMs);
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
        if (phase == Phase.LEAVING || phase == Phase.ENDED) {
            return;
        }
        phase = Phase.LEAVING;
        ticket = Effects.NONE;
        retryAtMs = NEVER;
        if (holdings.isEmpty()) {
            sendLeave();
        } else {
            holdings.giveUp(holdings.owned(), session.drainUntilMs(nowMs));
        }
    }

    @Override
    public void tick(long nowMs) {
        if (phase == Phase.OUTSIDE || phase == Phase.ENDED) {
            return;
        }
        if (nowMs >= fencedAtMs()) {
            loseAll();
            if (phase == Phase.LEAVING) {
                sendLeave();
            } else if (phase != Phase.JOINING) {
                join(nowMs);
            }
        }
        if (nowMs >= holdings.deadlineMs()) {
            holdings.loseLeaving();
            onReleased(nowMs);
        }
        if (nowMs >= retryAtMs) {
            join(nowMs);
        }
        if (heartbeats() && nowMs >= heartbeat.dueMs()) {
            heartbeat.sent(requests.heartbeat(memberId, generation), nowMs);
        }
        goOn(nowMs);
    }

    @Override
    public long nextWakeUpMs() {
        if (phase == Phase.OUTSIDE || phase == Phase.ENDED) {
            return NEVER;
        }
        long next = Math.min(Math.min(fencedAtMs(), holdings.deadlineMs()), retryAtMs);
        return heartbeats() ? Math.min(next, heartbeat.dueMs()) : next;
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
        return generation;
    }

    /** Where the member is known and no other request of it is under way, which the coordinator might hold back. */
    private boolean heartbeats() {
        return generation != GroupMember.NO_GENERATION
                && switch (phase) {
                    case GIVING_UP, ASSIGNING, STABLE, SHRINKING -> true;
                    case LEAVING -> ticket == Effects.NONE;
                    case OUTSIDE, JOINING, SYNCING, ENDED -> false;
                };
    }

    /** When the coordinator may have given up on this member. */
    private long fencedAtMs() {
        boolean isHeldBack = ticket != Effects.NONE && !session.isTroubled();
        return holdings.isEmpty() || isHeldBack ? NEVER : session.endsMs();
    }

    private void goOn(long nowMs) {
        if (phase == Phase.STABLE && rejoin) {
            prepareJoin(nowMs);
        }
    }

    private void prepareJoin(long nowMs) {
        boolean keeps = options.isCooperative();
        Set<TopicPartition> unwanted = holdings.where(each -> !keeps || !topics.contains(each.topic()));
        if (unwanted.isEmpty()) {
            join(nowMs);
        } else {
            phase = Phase.GIVING_UP;
            holdings.giveUp(unwanted, session.drainUntilMs(nowMs));
        }
    }

    private void onReleased(long nowMs) {
        switch (phase) {
            case GIVING_UP -> join(nowMs);
            case SHRINKING -> prepareJoin(nowMs);
            case LEAVING -> sendLeave();
            default -> throw new IllegalStateException("gave up partitions while " + phase);
        }
    }

    private void join(long nowMs) {
        phase = Phase.JOINING;
        rejoin = false;
        leadership.end();
        retryAtMs = NEVER;
        heartbeat.forget();
        sentMs = nowMs;
        session.onJoin(nowMs);
        claimed = Set.copyOf(holdings.owned());
        ticket = requests.join(memberId, topics, holdings.owned(), lastAssigned, lastGeneration);
    }

    private void joinLater(long nowMs) {
        phase = Phase.JOINING;
        leadership.end();
        heartbeat.forget();
        retryAtMs = nowMs + options.backoff().delayMs(++failures, random);
    }

    private void onJoined(JoinGroupResponse response, long nowMs) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        switch (error) {
            case NONE -> {
                onContact(heldBackSinceMs(nowMs));
                memberId = response.memberId();
                generation = response.generationId();
                assignorName = response.protocolName() == null ? "" : response.protocolName();
                heartbeat.dueAt(nowMs + options.heartbeatIntervalMs());
                if (response.leader().equals(memberId)) {
                    lead(response, nowMs);
                } else {
                    sync(Map.of(), nowMs);
                }
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = response.memberId();
                join(nowMs);
            }
            case UNKNOWN_MEMBER_ID -> {
                loseAll();
                memberId = "";
                joinLater(nowMs);
            }
            default -> onTrouble(error, "to join", nowMs);
        }
    }

    private void lead(JoinGroupResponse response, long nowMs) {
        try {
            leadership.begin(response, options.assignors());
        } catch (WireException e) {
            fail(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "the member cannot lead: " + e.getMessage());
            return;
        }
        phase = Phase.ASSIGNING;
        if (response.skipAssignment()) {
            // A static leader is back, and what it has assigned still holds (KIP-814).
            leadership.keep();
            sync(Map.of(), nowMs);
        } else {
            assign(nowMs);
        }
    }

    /** Assigns once all topics are known that anybody has subscribed to. */
    private void assign(long nowMs) {
        if (!leadership.knowsTopics()) {
            effects.add(new GroupEffect.WantTopics(leadership.topics(), Set.of()));
            return;
        }
        Map<String, Set<TopicPartition>> assignment;
        try {
            assignment = leadership.assign();
        } catch (RuntimeException e) {
            fail(ErrorCode.UNKNOWN_SERVER_ERROR, "assignor '" + assignorName + "' has failed: " + e);
            return;
        }
        sync(assignment, nowMs);
    }

    private void sync(Map<String, Set<TopicPartition>> assignment, long nowMs) {
        phase = Phase.SYNCING;
        heartbeat.forget();
        sentMs = nowMs;
        ticket = requests.sync(memberId, generation, assignorName, assignment);
    }

    private void onSynced(SyncGroupResponse response, long nowMs) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        switch (error) {
            case NONE -> {
                onContact(heldBackSinceMs(nowMs));
                onAssignment(response, nowMs);
            }
            case REBALANCE_IN_PROGRESS -> {
                session.onRebalance(heldBackSinceMs(nowMs));
                prepareJoin(nowMs);
            }
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> onForgotten(error, nowMs);
            default -> onTrouble(error, "to sync", nowMs);
        }
    }

    private void onAssignment(SyncGroupResponse response, long nowMs) {
        Set<TopicPartition> assigned;
        try {
            assigned = ConsumerProtocol.readAssignment(response.assignment());
        } catch (WireException e) {
            fail(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "the leader's assignment cannot be read: " + e.getMessage());
            return;
        }
        lastAssigned = assigned;
        lastGeneration = generation;
        heartbeat.dueAt(nowMs + options.heartbeatIntervalMs());
        Set<TopicPartition> wanted = new TreeSet<>(assigned);
        // The subscription has changed since the join; the next one says so.
        wanted.removeIf(each -> !topics.contains(each.topic()));
        Set<TopicPartition> gone = holdings.where(each -> !wanted.contains(each));
        holdings.take(wanted);
        if (gone.isEmpty()) {
            phase = Phase.STABLE;
            // Nobody else has got what this member has said to own, even if it has lost that meanwhile.
            rejoin |= !assigned.containsAll(claimed);
        } else {
            phase = Phase.SHRINKING;
            holdings.giveUp(gone, session.drainUntilMs(nowMs));
        }
    }

    private void onHeartbeat(ErrorCode error, long nowMs) {
        switch (error) {
            case NONE -> {
                onContact(heartbeat.sentMs());
                heartbeat.dueAt(heartbeat.sentMs() + options.heartbeatIntervalMs());
            }
            case REBALANCE_IN_PROGRESS -> {
                session.onRebalance(heartbeat.sentMs());
                heartbeat.dueAt(heartbeat.sentMs() + options.heartbeatIntervalMs());
                if (phase == Phase.STABLE || phase == Phase.ASSIGNING) {
                    prepareJoin(nowMs);
                }
            }
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> onForgotten(error, nowMs);
            default -> {
                if (effects.isPassing(error)) {
                    heartbeatLater(nowMs);
                } else {
                    fail(error, "the coordinator refuses a heartbeat");
                }
            }
        }
    }

    private void heartbeatLater(long nowMs) {
        long delayMs = options.backoff().delayMs(++failures, random);
        heartbeat.dueAt(nowMs + Math.min(delayMs, options.heartbeatIntervalMs()));
    }

    /** The coordinator does not know the member, or not in this generation: others have what it had. */
    private void onForgotten(ErrorCode error, long nowMs) {
        loseAll();
        if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
            memberId = "";
        }
        if (phase == Phase.LEAVING) {
            sendLeave();
        } else {
            joinLater(nowMs);
        }
    }

    private void onTrouble(ErrorCode error, String what, long nowMs) {
        if (effects.isPassing(error)) {
            session.onTrouble();
            joinLater(nowMs);
        } else {
            fail(error, "the coordinator does not allow the member " + what);
        }
    }

    /**
     * When an answer to a join or a sync may have been given, at the earliest. The coordinator holds it back until it is
     * ready, and then it is not on its way for longer than from one heartbeat to the next.
     */
    private long heldBackSinceMs(long nowMs) {
        return Math.max(sentMs, nowMs - options.heartbeatIntervalMs());
    }

    private void onContact(long sentMs) {
        session.onQuiet(sentMs);
        failures = 0;
    }

    private void loseAll() {
        holdings.loseAll();
        generation = GroupMember.NO_GENERATION;
        heartbeat.forget();
    }

    private void sendLeave() {
        boolean stays = options.instanceId() != null;
        if (stays || memberId.isEmpty()) {
            end();
        } else {
            heartbeat.forget();
            ticket = requests.leave(memberId);
        }
    }

    private void end() {
        phase = Phase.ENDED;
        generation = GroupMember.NO_GENERATION;
        effects.add(new GroupEffect.Left());
    }

    private void fail(ErrorCode error, String message) {
        loseAll();
        phase = Phase.ENDED;
        ticket = Effects.NONE;
        String group = "group '" + options.groupId() + "': " + message;
        effects.add(new GroupEffect.Failed(error, group + " (" + error + ")"));
    }
}
