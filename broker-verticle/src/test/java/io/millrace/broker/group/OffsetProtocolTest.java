package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.testing.RawClient;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import io.millrace.wire.message.OffsetFetchRequest;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.millrace.wire.message.OffsetFetchResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets of groups, committed and fetched in every version, and what clients are told of those that are not known. */
class OffsetProtocolTest extends GroupProtocolTestBase {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aMemberCommitsAndFetchesInEveryVersion(int level) throws Exception {
        findCoordinator();
        RawClient client = client();
        String member = enter(client, "g", level);

        commit(client, member, level);

        if (level < 8) {
            fetchOfOneGroup(client, level);
        } else {
            fetchOfSeveralGroups(client, level);
        }
    }

    private void commit(RawClient client, String member, int level) throws Exception {
        OffsetCommitResponse committed = client.call(
                new OffsetCommitRequest()
                        .groupId("g")
                        .memberId(member)
                        .generationIdOrMemberEpoch(1)
                        .topics(List.of(new OffsetCommitRequestTopic()
                                .name(nameAt(level))
                                .topicId(topicIdAt(level))
                                .partitions(List.of(new OffsetCommitRequestPartition()
                                        .committedOffset(42)
                                        .committedMetadata("note"))))),
                at(ApiKey.OFFSET_COMMIT, level),
                OffsetCommitResponse.class);
        assertThat(error(committed)).isEqualTo(ErrorCode.NONE);
    }

    private static void fetchOfOneGroup(RawClient client, int version) throws Exception {
        OffsetFetchResponse fetched = client.call(
                new OffsetFetchRequest()
                        .groupId("g")
                        .topics(List.of(
                                new OffsetFetchRequestTopic().name(TOPIC).partitionIndexes(List.of(0)))),
                version,
                OffsetFetchResponse.class);
        var partition = fetched.topics().get(0).partitions().get(0);
        assertThat(partition.committedOffset()).isEqualTo(42);
        assertThat(partition.metadata()).isEqualTo("note");
    }

    private void fetchOfSeveralGroups(RawClient client, int version) throws Exception {
        OffsetFetchRequestGroup ours = new OffsetFetchRequestGroup()
                .groupId("g")
                .topics(List.of(new OffsetFetchRequestTopics()
                        .name(nameAt(version))
                        .topicId(topicIdAt(version))
                        .partitionIndexes(List.of(0))));
        OffsetFetchResponse fetched = client.call(
                new OffsetFetchRequest().groups(List.of(ours, fetchAll("nobody's"))),
                version,
                OffsetFetchResponse.class);
        var topic = fetched.groups().get(0).topics().get(0);
        assertThat(topic.name()).isEqualTo(nameAt(version));
        assertThat(topic.topicId()).isEqualTo(topicIdAt(version));
        assertThat(topic.partitions().get(0).committedOffset()).isEqualTo(42);
        assertThat(topic.partitions().get(0).metadata()).isEqualTo("note");
        assertThat(fetched.groups().get(1).topics()).isEmpty();
    }

    /** From version 10 on both requests say which topic by its id. */
    private static String nameAt(int version) {
        return version < 10 ? TOPIC : "";
    }

    private UUID topicIdAt(int version) {
        return version < 10 ? new UUID(0, 0) : topicId();
    }

    private static OffsetFetchRequestGroup fetchAll(String group) {
        return new OffsetFetchRequestGroup().groupId(group).topics(null);
    }

    @Test
    void nobodyIsToldThatNothingWasCommittedBeforeThatIsKnown() throws Exception {
        OffsetFetchResponse response =
                client().call(new OffsetFetchRequest().groups(List.of(fetchAll("g"))), 9, OffsetFetchResponse.class);

        assertThat(response.groups().get(0).errorCode())
                .as("the topic is not there yet")
                .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    }

    @Test
    void anOldClientHearsOfAMissingCoordinatorForEachPartition() throws Exception {
        OffsetFetchResponse response = client().call(
                        new OffsetFetchRequest()
                                .groupId("g")
                                .topics(List.of(new OffsetFetchRequestTopic()
                                        .name(TOPIC)
                                        .partitionIndexes(List.of(0)))),
                        1,
                        OffsetFetchResponse.class);

        assertThat(response.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    }

    @Test
    void offsetsOfPartitionsThatDoNotExistAreNotKept() throws Exception {
        findCoordinator();
        OffsetCommitRequest request = new OffsetCommitRequest()
                .groupId("g")
                .topics(List.of(topic(TOPIC, 0), topic(TOPIC, 7), topic("nowhere", 0)));

        OffsetCommitResponse response = client().call(request, 9, OffsetCommitResponse.class);

        assertThat(response.topics())
                .extracting(each -> each.partitions().get(0).errorCode())
                .containsExactly(
                        ErrorCode.NONE.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        OffsetFetchResponse fetched =
                client().call(new OffsetFetchRequest().groups(List.of(fetchAll("g"))), 9, OffsetFetchResponse.class);
        assertThat(fetched.groups().get(0).topics()).hasSize(1);
    }

    /** It would be told apart from no other of its length. */
    @Test
    void aGroupWhoseNameIsNoTextHarmsNoOther() throws Exception {
        findCoordinator();
        byte[] bytes = RawClient.frame(commitOf("~".repeat(11_000)), (short) 9, 7);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '~' ? (byte) 0xff : bytes[i];
        }
        RawClient hostile = client();

        hostile.sendBytes(bytes);

        assertThatThrownBy(() -> hostile.receive(OffsetCommitResponse.class, ApiKey.OFFSET_COMMIT, 9, 7))
                .isInstanceOf(EOFException.class);
        RawClient client = client();
        for (String group : List.of("a", "b", "c")) { // in all three partitions
            assertThat(error(client.call(commitOf(group), 9, OffsetCommitResponse.class)))
                    .isEqualTo(ErrorCode.NONE);
        }
    }

    private static OffsetCommitRequest commitOf(String group) {
        return new OffsetCommitRequest().groupId(group).topics(List.of(topic(TOPIC, 0)));
    }

    private static ErrorCode error(OffsetCommitResponse response) {
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    private static OffsetCommitRequestTopic topic(String name, int partition) {
        return new OffsetCommitRequestTopic()
                .name(name)
                .partitions(List.of(new OffsetCommitRequestPartition()
                        .partitionIndex(partition)
                        .committedOffset(1)));
    }

    /** More than the loader reads at once, sent without waiting for answers. */
    @Test
    void manyCommitsInARowAreAllThereAfterARestart() throws Exception {
        findCoordinator();
        RawClient client = client();
        String metadata = "m".repeat(4_000);
        List<Integer> sent = new ArrayList<>();
        for (int i = 1; i <= 600; i++) {
            OffsetCommitRequestPartition commit =
                    new OffsetCommitRequestPartition().committedOffset(i).committedMetadata(metadata);
            sent.add(client.send(
                    new OffsetCommitRequest()
                            .groupId("g")
                            .topics(List.of(
                                    new OffsetCommitRequestTopic().name(TOPIC).partitions(List.of(commit)))),
                    9));
            if (sent.size() == 50) {
                receiveCommits(client, sent);
            }
        }
        restartBroker();

        var partition = fetchOnceLoaded("g").topics().get(0).partitions().get(0);

        assertThat(partition.committedOffset()).isEqualTo(600);
        assertThat(partition.metadata()).isEqualTo(metadata);
    }

    /** A broker that has just started says that it does not know yet, and nothing else. */
    private OffsetFetchResponseGroup fetchOnceLoaded(String group) throws Exception {
        RawClient client = client();
        OffsetFetchRequest request = new OffsetFetchRequest().groups(List.of(fetchAll(group)));
        OffsetFetchResponseGroup answer =
                client.call(request, 9, OffsetFetchResponse.class).groups().get(0);
        while (answer.errorCode() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code()) {
            answer = client.call(request, 9, OffsetFetchResponse.class).groups().get(0);
        }
        assertThat(answer.errorCode()).isZero();
        return answer;
    }

    private static void receiveCommits(RawClient client, List<Integer> sent) throws Exception {
        for (int each : sent) {
            OffsetCommitResponse response = client.receive(OffsetCommitResponse.class, ApiKey.OFFSET_COMMIT, 9, each);
            assertThat(response.topics().get(0).partitions().get(0).errorCode()).isZero();
        }
        sent.clear();
    }

    @Test
    void aTopicIdThatNobodyKnowsIsToldApart() throws Exception {
        findCoordinator();
        UUID unknown = new UUID(9, 9);
        OffsetCommitResponse committed = client().call(
                        new OffsetCommitRequest()
                                .groupId("g")
                                .topics(List.of(new OffsetCommitRequestTopic()
                                        .topicId(unknown)
                                        .partitions(List.of(new OffsetCommitRequestPartition().committedOffset(1))))),
                        10,
                        OffsetCommitResponse.class);
        OffsetFetchResponse fetched = client().call(
                        new OffsetFetchRequest()
                                .groups(List.of(new OffsetFetchRequestGroup()
                                        .groupId("g")
                                        .topics(List.of(new OffsetFetchRequestTopics()
                                                .topicId(unknown)
                                                .partitionIndexes(List.of(0)))))),
                        10,
                        OffsetFetchResponse.class);

        assertThat(committed.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
        assertThat(fetched.groups().get(0).topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }
}
