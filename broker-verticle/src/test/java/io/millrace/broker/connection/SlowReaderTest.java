package io.millrace.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.ApiRegistry;
import io.millrace.broker.dispatch.Dispatcher;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.WatchedDisk;
import io.millrace.broker.storage.segment.SegmentRecords;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.Records;
import io.millrace.wire.StallingRegion;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireWriter;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clients that stop reading an answer, while what the answer was to be taken from is given away. */
@ExtendWith(StrictLogs.class)
class SlowReaderTest {

    private static final short VERSION = 12;
    private static final int MEMORY_BYTES = 4 << 20;
    private static final int ANSWER_BYTES = 3 << 20;
    private static final ConnectionSettings SETTINGS = new ConnectionSettings(1 << 20, 0, 64, 1 << 20, 1 << 20, 30_000);

    @TempDir
    private Path directory;

    private final Vertx vertx = StrictLogs.vertx();
    private final MemoryBudget memory = new MemoryBudget(1 << 20);
    private final Fetches fetches = new Fetches();
    private final List<RawClient> clients = new ArrayList<>();
    private final Queue<String> diskCalls = new ConcurrentLinkedQueue<>();
    private final LogResources resources = new LogResources(
                    WatchedDisk.of((method, path) -> diskCalls.add(
                            method + " by " + Thread.currentThread().getName())),
                    16)
            .withTails(new TailOptions(MEMORY_BYTES, 16 << 10, 1 << 20));
    private PartitionLog wanted;
    private PartitionLog other;
    private int port;

    /** Answers with what the test reads, once for each partition that is asked for. */
    private static final class Fetches implements ApiHandler<FetchRequest, FetchResponse> {

        private final Semaphore answered = new Semaphore(0);
        private volatile Function<Integer, Records> source = partition -> {
            throw new IllegalStateException("no source");
        };

        @Override
        public ApiKey key() {
            return ApiKey.FETCH;
        }

        @Override
        public Future<FetchResponse> handle(RequestContext context, FetchRequest request) {
            List<FetchResponse.PartitionData> partitions = new ArrayList<>();
            for (FetchRequest.FetchPartition each : request.topics().get(0).partitions()) {
                partitions.add(new FetchResponse.PartitionData()
                        .partitionIndex(each.partition())
                        .records(source.apply(each.partition())));
            }
            answered.release();
            FetchResponse.FetchableTopicResponse topic =
                    new FetchResponse.FetchableTopicResponse().topic("t").partitions(partitions);
            return Future.succeededFuture(new FetchResponse().responses(new ArrayList<>(List.of(topic))));
        }
    }

    /** Zeros that have to be fetched first, which may take as long as the test likes. */
    private static final class FetchedRegion extends AbstractReferenceCounted implements StallingRegion {

        private static final int SIZE = 10_000;

        private final CountDownLatch mayBeFetched = new CountDownLatch(1);
        private volatile boolean asked;
        private volatile boolean fetched;
        private long transferred;

        @Override
        public boolean isStalled() {
            return asked && !fetched;
        }

        @Override
        public void fetch() throws IOException {
            try {
                mayBeFetched.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            fetched = true;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            asked = true;
            int sent = fetched ? target.write(ByteBuffer.allocate((int) (SIZE - position))) : 0;
            transferred += sent;
            return sent;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public long count() {
            return isStalled() ? transferred : SIZE;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        protected void deallocate() {}

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }
    }

    private record FetchedRecords(FetchedRegion region) implements Records {
        @Override
        public int sizeBytes() {
            return FetchedRegion.SIZE;
        }

        @Override
        public void transferTo(WireWriter out) {
            out.append(region);
        }

        @Override
        public void release() {
            region.release();
        }
    }

    private final class Listener extends VerticleBase {
        @Override
        public Future<?> start() {
            Context own = context;
            ConnectionAcceptor acceptor = new ConnectionAcceptor(
                    own,
                    "PLAINTEXT",
                    SETTINGS,
                    new ConnectionLimits(100, 100),
                    memory,
                    vertx.createSharedWorkerExecutor("readers", 2),
                    new Dispatcher(new ApiRegistry(List.of(fetches)), WireLimits.DEFAULT));
            return vertx.createNetServer(new NetServerOptions().setSendBufferSize(64 << 10))
                    .connectHandler(acceptor::accept)
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    @BeforeEach
    void fill() throws Exception {
        vertx.deployVerticle(new Listener()).await(10, TimeUnit.SECONDS);
        wanted = log("wanted");
        other = log("other");
        append(wanted, ANSWER_BYTES + 100_000);
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        vertx.close().await(10, TimeUnit.SECONDS);
        assertThat(memory.reservedBytes()).isZero();
    }

    private PartitionLog log(String name) throws IOException {
        LogId id = new LogId(name, new UUID(1, name.length()), 0);
        return PartitionLog.create(id, directory.resolve(id.directoryName()), LogConfig.defaults(), resources, 1);
    }

    private static void append(PartitionLog log, int bytes) throws IOException {
        long first = log.logEndOffset();
        String value = "0123456789abcdef".repeat(1000);
        while (log.sizeBytes() < bytes) {
            log.append(Batches.of(1, log.logEndOffset() - first + value), 0, AppendOrigin.CLIENT, 1);
            log.writeStaged();
            log.onDurable(log.logEndOffset());
        }
    }

    private Records held(long offset, int bytes) {
        return Objects.requireNonNull(
                Objects.requireNonNull(wanted.readHeld(offset, bytes, true)).records());
    }

    /** Everything that was in memory until now goes. */
    private void reuseMemory() throws IOException {
        append(other, (int) other.sizeBytes() + 2 * MEMORY_BYTES);
        assertThat(wanted.isHot(0)).isFalse();
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(port, 16 << 10);
        clients.add(client);
        return client;
    }

    private byte[] segment() throws IOException {
        return Files.readAllBytes(wanted.directory().resolve("00000000000000000000.log"));
    }

    private static byte[] records(FetchResponse response, int partition) {
        FetchResponse.PartitionData data =
                response.responses().get(0).partitions().get(partition);
        return ByteBufUtil.getBytes(((BufferRecords) Objects.requireNonNull(data.records())).buffer());
    }

    private FetchResponse receive(RawClient client, int id) throws IOException {
        return client.receive(FetchResponse.class, ApiKey.FETCH, VERSION, id);
    }

    private void assertNoEventLoopUsedTheDisk() {
        assertThat(diskCalls).noneMatch(call -> call.contains("eventloop") && !call.startsWith("channel"));
    }

    @Test
    void anAnswerFromMemoryThatIsUsedAgainComesWhole() throws Exception {
        fetches.source = partition -> held(0, ANSWER_BYTES);
        RawClient client = client();
        int id = client.send(Requests.fetch("t", 0, 0), VERSION);
        fetches.answered.acquire();

        reuseMemory();
        diskCalls.clear();
        byte[] answer = records(receive(client, id), 0);

        assertThat(answer).isEqualTo(Arrays.copyOf(segment(), ANSWER_BYTES));
        assertThat(diskCalls)
                .filteredOn(call -> call.startsWith("read by readers"))
                .hasSizeGreaterThan(10);
        assertNoEventLoopUsedTheDisk();
    }

    @Test
    void answersOfSeveralPartitionsAndRequestsKeepTheirOrder() throws Exception {
        fetches.source = partition -> held(partition, 100_000);
        RawClient client = client();
        FetchRequest request = Requests.fetch("t", 0, 0);
        for (int i = 1; i < 4; i++) {
            request.topics().get(0).partitions().add(new FetchRequest.FetchPartition().partition(i));
        }
        int first = client.send(request, VERSION);
        int second = client.send(request, VERSION);
        int third = client.send(request, VERSION);
        fetches.answered.acquire(3);

        reuseMemory();
        byte[] segment = segment();
        int batch = (int) (wanted.sizeBytes() / wanted.logEndOffset());
        for (int id : new int[] {first, second, third}) {
            FetchResponse response = receive(client, id);
            for (int i = 0; i < 4; i++) {
                byte[] expected = records(response, i);
                assertThat(expected).hasSize(100_000);
                int at = indexOf(segment, expected);
                assertThat(at).isBetween(i * (batch - 10), i * (batch + 10));
            }
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (Arrays.mismatch(all, at, at + part.length, part, 0, part.length) < 0) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void anAnswerFromALogThatIsDeletedComesWhole() throws Exception {
        append(wanted, ANSWER_BYTES + 900_000);
        assertThat(wanted.unwrittenBytes()).isGreaterThan(500_000);
        fetches.source = partition -> held(40, ANSWER_BYTES);
        ByteBuf expected = ((SegmentRecords) held(40, ANSWER_BYTES)).toBuffer(UnpooledByteBufAllocator.DEFAULT);
        RawClient client = client();
        int id = client.send(Requests.fetch("t", 0, 0), VERSION);
        fetches.answered.acquire();

        resources.store().deleteTree(wanted.moveAside());
        reuseMemory();
        diskCalls.clear();
        byte[] answer = records(receive(client, id), 0);

        assertThat(answer).isEqualTo(ByteBufUtil.getBytes(expected));
        expected.release();
        assertNoEventLoopUsedTheDisk();
    }

    @Test
    void nothingOvertakesAnAnswerThatHasToBeFetched() throws Exception {
        FetchedRegion first = new FetchedRegion();
        FetchedRegion second = new FetchedRegion();
        fetches.source =
                partition -> partition == 2 ? held(0, 1000) : new FetchedRecords(partition == 0 ? first : second);
        RawClient client = client();
        int firstId = client.send(Requests.fetch("t", 0, 0), VERSION);
        fetches.answered.acquire();
        int secondId = client.send(Requests.fetch("t", 1, 0), VERSION);

        fetches.answered.acquire();
        RawClient other = client();
        receive(other, other.send(Requests.fetch("t", 2, 0), VERSION)); // on the same event loop, after the second
        assertThat(second.asked).isFalse();
        first.mayBeFetched.countDown();
        second.mayBeFetched.countDown();
        assertThat(records(receive(client, firstId), 0)).hasSize(FetchedRegion.SIZE);
        assertThat(records(receive(client, secondId), 0)).hasSize(FetchedRegion.SIZE);

        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isZero();
    }

    @Test
    void aClientThatGoesAwayWhileItsAnswerIsReadLeavesNothingBehind() throws Exception {
        fetches.source = partition -> held(0, ANSWER_BYTES);
        RawClient client = client();
        client.send(Requests.fetch("t", 0, 0), VERSION);
        fetches.answered.acquire();

        reuseMemory();
        client.close();

        RawClient next = client();
        append(wanted, (int) wanted.sizeBytes() + 1);
        fetches.source = partition -> held(wanted.logEndOffset() - 1, 1000);
        assertThat(records(receive(next, next.send(Requests.fetch("t", 0, 0), VERSION)), 0))
                .hasSizeGreaterThan(1000);
    }
}
