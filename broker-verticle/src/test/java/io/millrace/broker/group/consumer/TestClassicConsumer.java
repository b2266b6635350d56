package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.ClassicProtocol;
import io.millrace.broker.group.record.RecordBytes;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.millrace.wire.message.ConsumerProtocolSubscription;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** A client that speaks the classic protocol, in a group of the other one. Its generation is its epoch. */
final class TestClassicConsumer extends TestConsumer {

    private static final short VERSION = 3;

    /** Whether it gives up everything before it joins again, as eager clients do; others say what they keep. */
    private final boolean isEager;

    private boolean joins = true;

    TestClassicConsumer(ConsumerFixture fixture, boolean isEager) {
        super(fixture);
        this.isEager = isEager;
    }

    @Override
    TestConsumer reads(String... names) {
        joins = true;
        return super.reads(names);
    }

    @Override
    TestConsumer regex(String expression) {
        // Such clients match by themselves.
        return this;
    }

    @Override
    ErrorCode beat() {
        return joins ? joinAndSync() : heartbeat();
    }

    @Override
    void beatInVain() {
        if (joins) {
            join();
        } else {
            sendHeartbeat();
        }
    }

    private ErrorCode heartbeat() {
        ErrorCode error = sendHeartbeat();
        if (error == ErrorCode.REBALANCE_IN_PROGRESS) {
            joins = true;
            error = ErrorCode.NONE;
        }
        return heard(error);
    }

    private ErrorCode sendHeartbeat() {
        return fixture.group().classicHeartbeat(id, instanceId, epoch, fixture.topics, fixture.now());
    }

    private ErrorCode joinAndSync() {
        JoinGroupResponse joined = join();
        ErrorCode error = ErrorCode.forCode(joined.errorCode());
        if (error != ErrorCode.NONE) {
            return heard(error);
        }
        epoch = joined.generationId();
        SyncGroupResponse synced = fixture.group()
                .sync(
                        new SyncGroupRequest()
                                .memberId(id)
                                .groupInstanceId(instanceId)
                                .generationId(epoch)
                                .protocolType(joined.protocolType())
                                .protocolName(joined.protocolName()),
                        fixture.topics,
                        fixture.now());
        error = ErrorCode.forCode(synced.errorCode());
        if (error == ErrorCode.NONE) {
            TopicPartitions assigned = Embedded.assignment(synced.assignment(), fixture.topics);
            joins = !owned.minus(assigned).isEmpty();
            owned = assigned;
        }
        return heard(error == ErrorCode.REBALANCE_IN_PROGRESS ? ErrorCode.NONE : error);
    }

    private ErrorCode heard(ErrorCode error) {
        if (error == ErrorCode.NONE) {
            heardMs = fixture.now().steadyMs();
        } else if (error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.ILLEGAL_GENERATION) {
            epoch = 0;
            owned = TopicPartitions.NONE;
            joins = true;
        }
        return error;
    }

    private JoinGroupResponse join() {
        if (isEager) {
            owned = TopicPartitions.NONE;
        }
        List<JoinGroupResponse> answers = new ArrayList<>();
        ClassicMember member = described(Unpooled.EMPTY_BUFFER);
        boolean isNewcomer = epoch == 0 && instanceId != null;
        fixture.complete(fixture.group()
                .join(
                        new ClassicAttempt(member, "consumer", isNewcomer, false, answers::add),
                        fixture.topics,
                        fixture.now()));
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers to one JoinGroup");
        }
        return answers.get(0);
    }

    private ClassicMember described(ByteBuf assignment) {
        return new ClassicMember(
                id,
                instanceId,
                "client",
                "/here",
                rebalanceTimeoutMs,
                ConsumerFixture.SESSION_MS,
                List.of(ClassicProtocol.of("range", subscription())),
                assignment);
    }

    /** It comes out of a generation of a classic group, with what it was assigned there. */
    ClassicMember outOf(int generation, TopicPartitions assigned) {
        ByteBuf metadata = subscription();
        epoch = generation;
        owned = assigned;
        joins = generation == 0;
        return described(Embedded.assignment(assigned, fixture.topics, metadata));
    }

    private ByteBuf subscription() {
        ConsumerProtocolSubscription subscription = new ConsumerProtocolSubscription()
                .topics(Objects.requireNonNull(topics))
                .userData(null);
        List<ConsumerProtocolSubscription.TopicPartition> list = new ArrayList<>();
        for (UUID each : owned.topicIds()) {
            String name = fixture.topics.nameOf(each);
            if (name != null) {
                list.add(new ConsumerProtocolSubscription.TopicPartition()
                        .topic(name)
                        .partitions(owned.of(each)));
            }
        }
        return Unpooled.wrappedBuffer(RecordBytes.of(VERSION, subscription.ownedPartitions(list), VERSION));
    }

    @Override
    ConsumerGroupHeartbeatResponse leave() {
        fixture.complete(fixture.group()
                .dismiss(
                        List.of(new MemberIdentity().memberId(id).groupInstanceId(instanceId)),
                        response -> {},
                        fixture.topics));
        return new ConsumerGroupHeartbeatResponse();
    }

    /** It dies: whoever comes back under its instance id takes its place. */
    @Override
    ConsumerGroupHeartbeatResponse pause() {
        return new ConsumerGroupHeartbeatResponse();
    }
}
