package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.pulse.Pulse;
import io.millrace.broker.group.pulse.Pulses;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A member of a classic group, with the requests of it that wait for an answer. Owned by: its group. */
final class Member {

    /** A member that is new may wait so long for its first answer: it cannot send heartbeats before (Kafka's five minutes). */
    private static final int NEW_MEMBER_JOIN_MS = 5 * 60 * 1000;

    private static final byte[] NOTHING = {};

    /** Roughly what a member takes beside its characters and bytes, with its places in maps. */
    private static final int MEMBER_BYTES = 700;

    final String id;

    /** Null unless the member is static (KIP-345). */
    final @Nullable String instanceId;

    final String clientId;
    final String clientHost;
    final String protocolType;
    int rebalanceTimeoutMs;
    int sessionTimeoutMs;
    Protocols protocols;
    byte[] assignment = NOTHING;

    /** Whether it has not had a first answer yet. */
    boolean isNew;

    /** Whether it has asked for the assignment of this generation. */
    boolean synced;

    /** Steady time after which it is gone, unless it waits for us, or its pulse was felt since. */
    private long sessionEndMs = Moment.NEVER;

    /** While its heartbeats need not come here. */
    private @Nullable Pulse pulse;

    private @Nullable Consumer<JoinGroupResponse> join;
    private @Nullable Consumer<SyncGroupResponse> sync;

    Member(
            String id,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            String protocolType,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            Protocols protocols) {
        this.id = id;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.protocolType = protocolType;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocols = protocols;
    }

    /** As a record of a finished rebalance has it. */
    static Member of(MemberMetadata record, String protocolType, @Nullable String protocol) {
        Member member = new Member(
                record.memberId(),
                record.groupInstanceId(),
                record.clientId(),
                record.clientHost(),
                protocolType,
                rebalanceTimeoutMs(record),
                record.sessionTimeout(),
                Protocols.chosen(protocol, record.subscription()));
        member.synced = true;
        return member;
    }

    /** Whether a record says of it what is known. */
    boolean isAs(MemberMetadata record, @Nullable String protocol) {
        return sessionTimeoutMs == record.sessionTimeout()
                && rebalanceTimeoutMs == rebalanceTimeoutMs(record)
                && ByteBufUtil.equals(protocols.metadata(protocol), record.subscription());
    }

    /** Records of old brokers have none. */
    private static int rebalanceTimeoutMs(MemberMetadata record) {
        return record.rebalanceTimeout() < 0 ? record.sessionTimeout() : record.rebalanceTimeout();
    }

    /** Roughly what it takes in memory. */
    int bytes() {
        int names = id.length() + (instanceId == null ? 0 : instanceId.length()) + clientId.length();
        return MEMBER_BYTES + names + protocols.bytes() + assignment.length;
    }

    ClassicMember described() {
        return new ClassicMember(
                id,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                protocols.list(),
                Unpooled.wrappedBuffer(assignment));
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean isJoining() {
        return join != null;
    }

    boolean isSyncing() {
        return sync != null;
    }

    /** Takes over an assignment out of a record. */
    void assign(MemberMetadata record) {
        assignment = ByteBufUtil.getBytes(record.assignment());
    }

    void unassign() {
        assignment = NOTHING;
    }

    /** Its session begins anew. */
    void renew(Moment now) {
        sessionEndMs = now.in(sessionTimeoutMs);
    }

    /** It is new, and may wait long for its first answer. */
    void begin(Moment now) {
        isNew = true;
        sessionEndMs = now.in(NEW_MEMBER_JOIN_MS);
    }

    /** From now on, until the pulse is closed, its heartbeats need not come here. */
    void openPulse(String groupId, int generation, Pulses pulses) {
        if (pulse == null) {
            pulse = pulses.open(groupId, id, instanceId, generation);
        }
    }

    /** It has to hear of something: its heartbeats come here again. */
    void closePulse(Pulses pulses) {
        Pulse open = pulse;
        if (open != null) {
            pulses.close(id, open);
            sessionEndMs = sessionEndMs();
            pulse = null;
        }
    }

    /** Steady time after which it is gone, unless it waits for us. */
    long sessionEndMs() {
        long lastMs = pulse == null ? Long.MIN_VALUE : pulse.lastMs();
        return lastMs == Long.MIN_VALUE ? sessionEndMs : Math.max(sessionEndMs, lastMs + sessionTimeoutMs);
    }

    /** Whether it is gone. One that waits for our answer is not, unless it has never had one. */
    boolean isExpired(Moment now) {
        return now.isPast(sessionEndMs()) && canExpire();
    }

    /** The steady time at which it may be gone, as things are. */
    long mayExpireMs() {
        return canExpire() ? sessionEndMs() : Moment.NEVER;
    }

    private boolean canExpire() {
        return isNew || (join == null && sync == null);
    }

    /** Lets a JoinGroup wait; one that waited is answered that it came to nothing. */
    void park(Consumer<JoinGroupResponse> reply) {
        answerJoin(JoinAnswers.failed(id, ErrorCode.REBALANCE_IN_PROGRESS));
        join = reply;
    }

    /** Lets a SyncGroup wait; one that waited is answered that it came to nothing. */
    void parkSync(Consumer<SyncGroupResponse> reply) {
        answerSync(SyncAnswers.failed(ErrorCode.REBALANCE_IN_PROGRESS));
        sync = reply;
    }

    /** Answers the JoinGroup that waits, if one does. */
    void answerJoin(JoinGroupResponse response) {
        Consumer<JoinGroupResponse> reply = join;
        join = null;
        if (reply != null) {
            reply.accept(response);
        }
    }

    /** Answers the SyncGroup that waits, if one does. */
    void answerSync(SyncGroupResponse response) {
        Consumer<SyncGroupResponse> reply = sync;
        sync = null;
        if (reply != null) {
            reply.accept(response);
        }
    }

    /** Answers whatever waits with an error. */
    void dismiss(ErrorCode error) {
        answerJoin(JoinAnswers.failed(error == ErrorCode.UNKNOWN_MEMBER_ID ? "" : id, error));
        answerSync(SyncAnswers.failed(error));
    }
}
