package io.millrace.broker.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DeleteRecordsRequest;
import io.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.millrace.wire.message.DeleteRecordsResponse;
import io.millrace.wire.message.DescribeConfigsRequest;
import io.millrace.wire.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.millrace.wire.message.DescribeConfigsResponse;
import io.millrace.wire.message.DescribeProducersRequest;
import io.millrace.wire.message.DescribeProducersResponse;
import io.millrace.wire.message.ListOffsetsRequest;
import io.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import io.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import io.millrace.wire.message.ListOffsetsResponse;
import io.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are well-formed and ask for far too much, or say what is not so. */
@ExtendWith(StrictLogs.class)
class GreedyRequestTest {
    private static final String TOPIC = "asked";
    /** A partition in version 1 of ListOffsets: its index and a time. */
    private static final int PARTITION_BYTES = 12;

    private static final int TIMES = 20_000;
    private static final long NOW = System.currentTimeMillis();

    @TempDir
    Path data;

    private final Vertx vertx = StrictLogs.vertx();
    private TestBroker broker;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(vertx, data);
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        client = broker.raw();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        broker.close();
        vertx.close().await(1, TimeUnit.MINUTES);
    }

    @Test
    void configsOfOneTopicAreDescribedOnceHoweverOftenTheyAreAskedFor() throws IOException {
        DescribeConfigsResource topic = new DescribeConfigsResource()
                .resourceType((byte) 2)
                .resourceName(TOPIC)
                .configurationKeys(null);

        DescribeConfigsResponse response = client.call(
                new DescribeConfigsRequest().resources(Collections.nCopies(TIMES, topic)),
                4,
                DescribeConfigsResponse.class);

        assertThat(response.results()).hasSize(1);
        assertThat(response.results().get(0).configs()).hasSizeGreaterThan(10);
    }

    @Test
    void metadataOfOneTopicIsToldOnceHoweverOftenItIsAskedFor() throws IOException {
        MetadataRequest request =
                new MetadataRequest().topics(Collections.nCopies(TIMES, new MetadataRequestTopic().name(TOPIC)));

        assertThat(client.call(request, 9, MetadataResponse.class).topics()).hasSize(1);
    }

    @Test
    void workForOnePartitionIsDoneOnceForEachRequest() throws IOException {
        DescribeProducersRequest producers = new DescribeProducersRequest()
                .topics(List.of(new DescribeProducersRequest.TopicRequest()
                        .name(TOPIC)
                        .partitionIndexes(Collections.nCopies(TIMES, 0))));
        DeleteRecordsRequest records = new DeleteRecordsRequest()
                .topics(List.of(new DeleteRecordsTopic()
                        .name(TOPIC)
                        .partitions(Collections.nCopies(
                                TIMES,
                                new DeleteRecordsPartition().partitionIndex(0).offset(0)))));
        ListOffsetsRequest offsets = listOffsets(TIMES, 1);

        assertThat(client.call(producers, 0, DescribeProducersResponse.class)
                        .topics()
                        .get(0)
                        .partitions())
                .filteredOn(each -> each.errorCode() == ErrorCode.NONE.code())
                .hasSize(1);
        assertThat(client.call(records, 2, DeleteRecordsResponse.class)
                        .topics()
                        .get(0)
                        .partitions())
                .filteredOn(each -> each.errorCode() == ErrorCode.NONE.code())
                .hasSize(1);
        assertThat(client.call(offsets, 7, ListOffsetsResponse.class)
                        .topics()
                        .get(0)
                        .partitions())
                .filteredOn(each -> each.errorCode() == ErrorCode.NONE.code())
                .hasSize(1);
    }

    @Test
    void moreThanAMillionElementsCostTheConnectionBeforeTheyCostMemory() throws IOException {
        int version = 1;
        byte[] small = RawClient.frame(listOffsets(1, 1), (short) version, 1);
        // One topic and a million partitions are one element too many: the frame has the bytes, but they are not read.
        byte[] frame = Arrays.copyOf(small, small.length + 20_000_000);
        int partitionCountAt = small.length - PARTITION_BYTES - Integer.BYTES;
        assertThat(ByteBuffer.wrap(frame).getInt(partitionCountAt)).isEqualTo(1);
        ByteBuffer.wrap(frame).putInt(partitionCountAt, 1_000_000);

        client.sendBytes(Frames.withTrueLength(frame));

        assertThat(client.isClosedByBroker()).isTrue();
    }

    @Test
    void aBatchWhoseRecordsCannotBeReadLeavesTheRestOfThePartitionUsable() throws IOException {
        produce(batch(NOW - 10, Compression.NONE));
        produce(unreadable(batch(NOW - 5, Compression.ZSTD)));
        produce(batch(NOW, Compression.NONE));

        assertThat(offsetAt(NOW - 10)).isZero();
        assertThat(offsetAt(NOW - 7)).isEqualTo(1);
        assertThat(offsetAt(NOW - 1)).isEqualTo(2);
        assertThat(offsetAt(-1)).isEqualTo(3);
    }

    private long offsetAt(long timestamp) throws IOException {
        ListOffsetsResponse response = client.call(listOffsets(1, timestamp), 7, ListOffsetsResponse.class);
        ListOffsetsPartitionResponse partition =
                response.topics().get(0).partitions().get(0);
        assertThat(partition.errorCode()).isZero();
        return partition.offset();
    }

    private void produce(ByteBuf batch) throws IOException {
        ProduceRequest request = new ProduceRequest()
                .acks((short) -1)
                .timeoutMs(10_000)
                .topicData(List.of(new ProduceRequest.TopicProduceData()
                        .name(TOPIC)
                        .partitionData(List.of(new ProduceRequest.PartitionProduceData()
                                .index(0)
                                .records(new BufferRecords(batch))))));
        ProduceResponse response = client.call(request, 9, ProduceResponse.class);
        assertThat(response.responses().get(0).partitionResponses().get(0).errorCode())
                .isZero();
    }

    private static ByteBuf batch(long timestamp, Compression codec) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            return builder.compression(codec)
                    .append(timestamp, null, new byte[100])
                    .build();
        }
    }

    /** Spoils what is compressed, with a checksum that says all is well. */
    private static ByteBuf unreadable(ByteBuf batch) {
        batch.setLong(RecordBatch.HEADER_SIZE, -1);
        RecordBatch.updateCrc(batch, 0);
        return batch;
    }

    private static ListOffsetsRequest listOffsets(int times, long timestamp) {
        ListOffsetsPartition partition =
                new ListOffsetsPartition().partitionIndex(0).timestamp(timestamp);
        return new ListOffsetsRequest()
                .replicaId(-1)
                .topics(List.of(new ListOffsetsTopic().name(TOPIC).partitions(Collections.nCopies(times, partition))));
    }
}
