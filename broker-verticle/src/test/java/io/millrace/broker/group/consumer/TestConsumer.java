package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A client of a group, as Kafka's are: it gives up at once what it is not assigned, and says so with the next heartbeat. */
class TestConsumer {

    private static int count;

    final ConsumerFixture fixture;
    String id;

    @Nullable
    String instanceId;

    @Nullable
    List<String> topics = List.of();

    private @Nullable String regex;
    private @Nullable String assignor;
    int rebalanceTimeoutMs = 60_000;

    /** Whether the next heartbeat says everything: the last one had no answer, or there is something new to say. */
    private boolean saysAll = true;

    private @Nullable TopicPartitions said;
    int epoch;
    TopicPartitions owned = TopicPartitions.NONE;

    /** When it has heard from the coordinator last, in steady time. */
    long heardMs;

    TestConsumer(ConsumerFixture fixture) {
        this.fixture = fixture;
        id = "c" + ++count;
    }

    TestConsumer reads(String... names) {
        topics = List.of(names);
        saysAll = true;
        return this;
    }

    TestConsumer regex(String expression) {
        regex = expression;
        saysAll = true;
        return this;
    }

    TestConsumer instance(String name) {
        instanceId = name;
        return this;
    }

    TestConsumer assignor(String name) {
        assignor = name;
        return this;
    }

    TestConsumer rebalanceTimeout(int ms) {
        rebalanceTimeoutMs = ms;
        return this;
    }

    /** As the client would send it now. */
    ConsumerGroupHeartbeatRequest request() {
        ConsumerGroupHeartbeatRequest request = new ConsumerGroupHeartbeatRequest()
                .groupId(ConsumerFixture.GROUP)
                .memberId(id)
                .memberEpoch(epoch);
        boolean all = saysAll || epoch == 0;
        if (all) {
            request.instanceId(instanceId)
                    .rebalanceTimeoutMs(rebalanceTimeoutMs)
                    .subscribedTopicNames(topics)
                    .subscribedTopicRegex(regex)
                    .serverAssignor(assignor);
        }
        if (all || !Objects.equals(owned, said)) {
            request.topicPartitions(list(owned));
        }
        return request;
    }

    private static List<ConsumerGroupHeartbeatRequest.TopicPartitions> list(TopicPartitions partitions) {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> list = new ArrayList<>();
        for (UUID each : partitions.topicIds()) {
            list.add(new ConsumerGroupHeartbeatRequest.TopicPartitions()
                    .topicId(each)
                    .partitions(partitions.of(each)));
        }
        return list;
    }

    ConsumerGroupHeartbeatResponse send(ConsumerGroupHeartbeatRequest request) {
        List<ConsumerGroupHeartbeatResponse> answers = new ArrayList<>();
        fixture.heartbeat(new HeartbeatAttempt(request, "client", "/here", "given", answers::add));
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers to one heartbeat");
        }
        return answers.get(0);
    }

    /** One heartbeat, and what the client does about the answer. */
    ErrorCode beat() {
        TopicPartitions saying = owned;
        ConsumerGroupHeartbeatResponse response = send(request());
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        if (error == ErrorCode.NONE) {
            saysAll = false;
            said = saying;
            heardMs = fixture.now().steadyMs();
            onAccepted(response);
        } else if (error == ErrorCode.FENCED_MEMBER_EPOCH || error == ErrorCode.UNKNOWN_MEMBER_ID) {
            beginAnew();
        } else {
            saysAll = true;
        }
        return error;
    }

    /** A heartbeat whose answer is lost: the coordinator has heard it. */
    void beatInVain() {
        send(request());
        saysAll = true;
    }

    private void onAccepted(ConsumerGroupHeartbeatResponse response) {
        epoch = response.memberEpoch();
        ConsumerGroupHeartbeatResponse.Assignment assignment = response.assignment();
        if (assignment != null) {
            TopicPartitions.Builder assigned = new TopicPartitions.Builder();
            assignment.topicPartitions().forEach(each -> assigned.addAll(each.topicId(), each.partitions()));
            owned = assigned.build();
            // Whatever it was told before, it says now what it has come to.
            said = null;
        }
    }

    private void beginAnew() {
        epoch = 0;
        owned = TopicPartitions.NONE;
        said = null;
        saysAll = true;
    }

    ConsumerGroupHeartbeatResponse leave() {
        return send(leaving(Progress.LEAVING_EPOCH));
    }

    /** A static member stops for a while. */
    ConsumerGroupHeartbeatResponse pause() {
        return send(leaving(Progress.LEAVING_STATIC_EPOCH));
    }

    private ConsumerGroupHeartbeatRequest leaving(int leavingEpoch) {
        return new ConsumerGroupHeartbeatRequest()
                .groupId(ConsumerFixture.GROUP)
                .memberId(id)
                .instanceId(instanceId)
                .memberEpoch(leavingEpoch);
    }

    @Override
    public String toString() {
        return id + " in " + epoch + " with " + owned;
    }
}
