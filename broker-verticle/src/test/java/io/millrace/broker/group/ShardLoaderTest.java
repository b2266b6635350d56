package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.GroupRecordCodec;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.broker.group.shard.Group;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.group.shard.TestContexts;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.wire.Uuids;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a partition of {@code __consumer_offsets} counts, and what is refused. */
class ShardLoaderTest {

    private static final GroupSettings SETTINGS = new GroupSettings(6_000, 60_000, 0, 10, 100, 1_000_000);
    private static final LogConfig CONFIG =
            LogConfig.defaults().toBuilder().segmentBytes(2_000).build();
    private static final LogId ID = new LogId("__consumer_offsets", new UUID(3, 4), 0);
    private static final String GROUP = "readers";
    private static final String TOPIC = "letters";

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private PartitionLog log;

    private final GroupShard shard = new GroupShard(TestContexts.of(SETTINGS), (records, outcome) -> {
        throw new AssertionError("nothing is written while the log is read");
    });

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.create(
                ID, folder.resolve(ID.directoryName()), CONFIG, new LogResources(new OsFileStore(), 16), 1);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private static OffsetRecord commit(int partition, long offset) {
        return new OffsetRecord(GROUP, TOPIC, partition, new CommittedOffset(offset, -1, "", 0, -1, Uuids.ZERO));
    }

    private static OffsetRecord tombstone(int partition) {
        return new OffsetRecord(GROUP, TOPIC, partition, null);
    }

    private void append(ByteBuf batch) throws IOException {
        try {
            log.append(batch, 0, AppendOrigin.COORDINATOR, 1);
            log.writeStaged();
        } finally {
            batch.release();
        }
        log.onDurable(log.logEndOffset());
    }

    private void append(GroupRecord... records) throws IOException {
        append(batch(new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT), records));
    }

    private void appendInTransaction(long producerId, GroupRecord... records) throws IOException {
        append(batch(
                new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)
                        .producer(producerId, (short) 0, 0)
                        .transactional(),
                records));
    }

    private void end(long producerId, boolean commits) throws IOException {
        append(Batches.marker(producerId, 0, commits, 1));
    }

    private static ByteBuf batch(RecordBatchBuilder builder, GroupRecord... records) {
        try (builder) {
            for (GroupRecord each : records) {
                builder.append(1, GroupRecordCodec.key(each), GroupRecordCodec.value(each));
            }
            return builder.build();
        }
    }

    private void load() throws IOException {
        new ShardLoader(log, log.visibleEndOffset(), shard, new Moment(1, 1)).load();
    }

    /** The offset that a start finds, -1 for none. */
    private long found(int partition) {
        Group group = shard.find(GROUP);
        CommittedOffset offset = group == null ? null : group.offsets().get(TOPIC, Uuids.ZERO, partition);
        return offset == null ? -1 : offset.offset();
    }

    // ---- what counts

    @Test
    void theNewestRecordCountsThroughAllSegmentsAndCodecs() throws IOException {
        for (int i = 0; i < 200; i++) {
            append(commit(i % 7, i));
        }
        append(batch(
                new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT).compression(Compression.GZIP),
                commit(0, 1_000),
                tombstone(1)));

        load();

        assertThat(found(0)).isEqualTo(1_000);
        assertThat(found(1)).isEqualTo(-1);
        assertThat(found(2)).isEqualTo(198);
    }

    @Test
    void whatIsBehindTheEndDoesNotCount() throws IOException {
        append(commit(0, 1));
        append(commit(0, 2));

        new ShardLoader(log, 1, shard, new Moment(1, 1)).load();

        assertThat(found(0)).isEqualTo(1);
    }

    @Test
    void recordsOfUnknownKindsAreIgnored() throws IOException {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            append(builder.append(1, new byte[] {0, 99, 1}, new byte[] {0, 0, 1})
                    .append(1, null, new byte[] {1})
                    .build());
        }
        append(commit(0, 3));

        load();

        assertThat(found(0)).isEqualTo(3);
    }

    // ---- transactions

    @Test
    void whatWasAbortedDoesNotCount() throws IOException {
        append(commit(0, 1));
        appendInTransaction(9, commit(0, 2), commit(1, 2));
        end(9, false);

        load();

        assertThat(found(0)).isEqualTo(1);
        assertThat(found(1)).isEqualTo(-1);
    }

    @Test
    void whatWasCommittedCounts() throws IOException {
        appendInTransaction(9, commit(0, 2));
        appendInTransaction(9, commit(1, 3));
        end(9, true);

        load();

        assertThat(found(0)).isEqualTo(2);
        assertThat(found(1)).isEqualTo(3);
    }

    @Test
    void whatHasNoEndDoesNotCount() throws IOException {
        append(commit(0, 1));
        appendInTransaction(9, commit(0, 2));

        load();

        assertThat(found(0)).isEqualTo(1);
    }

    @Test
    void eachProducerEndsItsOwnTransaction() throws IOException {
        appendInTransaction(9, commit(0, 2));
        appendInTransaction(10, commit(1, 3));
        end(9, false);
        end(10, true);
        appendInTransaction(9, commit(2, 4));
        end(9, true);

        load();

        assertThat(found(0)).isEqualTo(-1);
        assertThat(found(1)).isEqualTo(3);
        assertThat(found(2)).isEqualTo(4);
    }

    /** Kafka goes by where the records stand, not by where the marker does. */
    @Test
    void aCommitBehindTheTransactionsRecordIsNewerThanItsMarker() throws IOException {
        appendInTransaction(9, commit(0, 2), commit(1, 2));
        append(commit(0, 5));
        end(9, true);

        load();

        assertThat(found(0)).isEqualTo(5);
        assertThat(found(1)).isEqualTo(2);
    }

    @Test
    void soIsARecordOfALaterTransactionThatEndedFirst() throws IOException {
        appendInTransaction(9, commit(0, 2));
        appendInTransaction(10, commit(0, 3));
        end(10, true);
        end(9, true);

        load();

        assertThat(found(0)).isEqualTo(3);
    }

    @Test
    void aTombstoneHoldsNothingBack() throws IOException {
        appendInTransaction(9, commit(0, 2));
        append(tombstone(0));
        end(9, true);

        load();

        assertThat(found(0)).isEqualTo(2);
    }

    // ---- what is refused

    @Test
    void aRecordThatCannotBeReadIsNotPassedOver() throws IOException {
        append(commit(0, 1));
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            append(builder.append(1, new byte[] {0, 1, 0, 9, 'x'}, null).build());
        }

        assertThatThrownBy(this::load).hasMessageContaining("group");
    }

    @Test
    void aMarkerWithoutATypeIsNotPassedOver() throws IOException {
        append(control(new byte[] {0, 0}));

        assertThatThrownBy(this::load).hasMessageContaining("control record without a type at offset 0");
    }

    @Test
    void otherControlRecordsEndNothing() throws IOException {
        appendInTransaction(9, commit(0, 2));
        append(control(new byte[] {0, 0, 0, 7}));
        end(9, true);

        load();

        assertThat(found(0)).isEqualTo(2);
    }

    private static ByteBuf control(byte @Nullable [] key) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            return builder.producer(9, (short) 0, -1)
                    .transactional()
                    .control()
                    .append(1, key, new byte[6])
                    .build();
        }
    }

    @Test
    void aLogThatEndsTooEarlyIsNotTakenForAll() throws IOException {
        append(commit(0, 1));

        assertThatThrownBy(() -> new ShardLoader(log, 5, shard, new Moment(1, 1)).load())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read at offset 1");
        assertThat(found(0)).isEqualTo(1);
    }
}
