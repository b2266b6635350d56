package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.segment.SegmentRecords;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.StallingRegion;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads for event loops: from memory or not at all. */
class HeldReadTest {

    private static final int PAGES = 16;
    private static final TailOptions MEMORY = new TailOptions(PAGES * 4096, 4096, 8192);

    @TempDir
    private Path parent;

    private final List<String> diskCalls = new ArrayList<>();
    private LogResources resources;
    private LogFixture fixture;

    @BeforeEach
    void fill() throws IOException {
        use(16);
    }

    @AfterEach
    void close() throws IOException {
        fixture.log.close();
    }

    private void use(int openFilesMax) throws IOException {
        FileStore store = WatchedDisk.of((method, path) -> diskCalls.add(method + " " + path));
        store.deleteTree(parent.resolve(LogFixture.ID.directoryName()));
        resources = new LogResources(store, openFilesMax).withTails(MEMORY);
        fixture = new LogFixture(parent, LogConfig.defaults(), resources);
        fixture.fill(200);
        diskCalls.clear();
    }

    private void appendElsewhere(int batches) throws IOException {
        LogId id = new LogId("elsewhere", new UUID(1, 1), 0);
        PartitionLog other =
                PartitionLog.create(id, parent.resolve(id.directoryName()), LogConfig.defaults(), resources, 1);
        for (int i = 0; i < batches; i++) {
            other.append(Batches.of(1, "x".repeat(1000)), 0, AppendOrigin.CLIENT, 1);
            other.writeStaged();
        }
        diskCalls.clear();
    }

    private static byte[] bytes(@Nullable ReadResult result) {
        SegmentRecords records =
                Objects.requireNonNull(Objects.requireNonNull(result).records());
        ByteBuf buffer = records.toBuffer(UnpooledByteBufAllocator.DEFAULT);
        try {
            return ByteBufUtil.getBytes(buffer);
        } finally {
            buffer.release();
        }
    }

    @Test
    void takesNothingButMemory() throws IOException {
        ReadResult held = fixture.log.readHeld(120, 1 << 20, true);

        assertThat(diskCalls).isEmpty();
        assertThat(bytes(held)).isEqualTo(bytes(fixture.log.read(120, 1 << 20, true)));
        byte[] oneBatch = bytes(fixture.log.readHeld(120, 1, true));
        assertThat(oneBatch).hasSizeBetween(60, 100).isEqualTo(bytes(fixture.log.read(120, 1, true)));
    }

    @Test
    void respectsTheSameBoundsAsAnyRead() {
        PartitionLog log = fixture.log;

        for (long offset : new long[] {-1, 201}) {
            assertThat(Objects.requireNonNull(log.readHeld(offset, 100, true)).error())
                    .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        for (ReadResult nothing : new @Nullable ReadResult[] {
            log.readHeld(200, 100, true), log.readHeld(150, 0, false), log.readHeld(150, 10, false)
        }) {
            assertThat(Objects.requireNonNull(nothing).error()).isEqualTo(ErrorCode.NONE);
            assertThat(nothing.records()).isNull();
        }
        log.takeOffline(new IOException("disk on fire"));
        assertThat(Objects.requireNonNull(log.readHeld(150, 100, true)).error())
                .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    }

    @Test
    void isNoneWhereTheMemoryIsUsedForOtherLogs() throws IOException {
        appendElsewhere(4 * PAGES);

        assertThat(fixture.log.readHeld(120, 1 << 20, true)).isNull();

        assertThat(diskCalls).isEmpty();
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    /** Who reads and checks a slice finds a part of it in memory, and it may be gone before the slice is sent. */
    @Test
    void bytesThatWereCheckedInMemoryAreNotTakenForReadFromTheFile() throws IOException {
        WireWriter writer = new WireWriter(UnpooledByteBufAllocator.DEFAULT);
        Objects.requireNonNull(fixture.log.read(0, 1 << 20, true).verified().records())
                .transferTo(writer);
        WireFrame frame = writer.finish();
        StallingRegion region = (StallingRegion) frame.parts().get(1);
        appendElsewhere(4 * PAGES);

        assertThat(region.transferTo(Channels.newChannel(OutputStream.nullOutputStream()), 0))
                .isZero();
        assertThat(region.isStalled()).isTrue();
        frame.release();
    }

    @Test
    void isNoneWhereTheFileHasToBeOpened() throws IOException {
        use(1);
        fixture.log.checkpoint();
        appendElsewhere(1);
        assertThat(fixture.log.isHot(120)).isTrue();

        assertThat(fixture.log.readHeld(120, 1 << 20, true)).isNull();
        assertThat(diskCalls).isEmpty();

        byte[] read = bytes(fixture.log.read(120, 1 << 20, true));
        assertThat(bytes(fixture.log.readHeld(120, 1 << 20, true))).isEqualTo(read);
    }
}
