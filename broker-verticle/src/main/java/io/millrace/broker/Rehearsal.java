package io.millrace.broker;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.frame.ResponseFrame;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.InitProducerIdRequest;
import io.millrace.wire.message.InitProducerIdResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.message.RequestHeader;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.net.SocketAddress;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Starts a broker, is its first client, and ends the process. The classes that are loaded meanwhile are those that a start needs
 * and those that the first record needs; the launcher makes its archive of classes from such a run.
 */
final class Rehearsal implements AutoCloseable {
    private static final String TOPIC = "rehearsal";
    private static final long TOPIC_SECONDS_MAX = 10;
    private static final int ANSWER_MS_MAX = 10_000;
    private static final short ALL_REPLICAS = -1;

    private final Socket socket;
    private final DataInputStream answers;
    private ApiVersionsResponse versions = new ApiVersionsResponse();

    private Rehearsal(SocketAddress address) throws IOException {
        socket = new Socket(address.host(), address.port());
        socket.setSoTimeout(ANSWER_MS_MAX);
        answers = new DataInputStream(socket.getInputStream());
    }

    /** Takes the arguments of {@link Main}. Ends the process, with 0 when all went well. */
    public static void main(String[] args) {
        PrintStream out = Main.inUtf8(FileDescriptor.out);
        PrintStream err = Main.inUtf8(FileDescriptor.err);
        Main main = new Main(out, err, System.getenv());
        BrokerConfig config = main.configure(args);
        if (config == null) {
            System.exit(main.exitCode());
            return;
        }
        ProcessSettings.apply();
        SocketAddress address = new BrokerProcess(config, out, err).start();
        try (Rehearsal client = new Rehearsal(address)) {
            client.run();
        } catch (IOException | RuntimeException e) {
            err.println("millrace: " + e);
            Runtime.getRuntime().halt(Main.EXIT_FAILED); // the orderly stop would say 0
        }
        System.exit(Main.EXIT_STOPPED);
    }

    private void run() throws IOException {
        versions = call(
                new ApiVersionsRequest().clientSoftwareName("millrace").clientSoftwareVersion("rehearsal"),
                3,
                ApiVersionsResponse.class);
        UUID topicId = createTopic();
        check(call(
                        new InitProducerIdRequest().transactionalId(null).transactionTimeoutMs(ANSWER_MS_MAX),
                        InitProducerIdResponse.class)
                .errorCode());
        check(call(produce(topicId), ProduceResponse.class)
                .responses()
                .get(0)
                .partitionResponses()
                .get(0)
                .errorCode());
        check(call(fetch(topicId), FetchResponse.class)
                .responses()
                .get(0)
                .partitions()
                .get(0)
                .errorCode());
    }

    /** As producers do: they ask for the topic until it has a leader. */
    private UUID createTopic() throws IOException {
        MetadataRequest request = new MetadataRequest()
                .topics(List.of(new MetadataRequest.MetadataRequestTopic().name(TOPIC)))
                .allowAutoTopicCreation(true);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TOPIC_SECONDS_MAX);
        MetadataResponse.MetadataResponseTopic topic;
        do {
            topic = call(request, MetadataResponse.class).topics().get(0);
        } while (topic.errorCode() != ErrorCode.NONE.code() && System.nanoTime() < deadline);
        check(topic.errorCode());
        return topic.topicId();
    }

    private static ProduceRequest produce(UUID topicId) {
        ByteBuf records;
        try (RecordBatchBuilder batch = new RecordBatchBuilder(ByteBufAllocator.DEFAULT)) {
            batch.append(System.currentTimeMillis(), (byte[]) null, new byte[] {1});
            records = batch.build();
        }
        ProduceRequest.TopicProduceData data =
                new ProduceRequest.TopicProduceData().name(TOPIC).topicId(topicId);
        data.partitionData().add(new ProduceRequest.PartitionProduceData().records(new BufferRecords(records)));
        ProduceRequest request = new ProduceRequest().acks(ALL_REPLICAS).timeoutMs(ANSWER_MS_MAX);
        request.topicData().add(data);
        return request;
    }

    private static FetchRequest fetch(UUID topicId) {
        FetchRequest.FetchTopic topic =
                new FetchRequest.FetchTopic().topic(TOPIC).topicId(topicId);
        topic.partitions().add(new FetchRequest.FetchPartition().partitionMaxBytes(1 << 20));
        FetchRequest request =
                new FetchRequest().maxWaitMs(ANSWER_MS_MAX / 2).minBytes(1).maxBytes(1 << 20);
        request.topics().add(topic);
        return request;
    }

    /** In the newest version that the broker has, as new clients do. */
    private <R extends ApiMessage> R call(ApiMessage request, Class<R> type) throws IOException {
        ApiKey key = request.apiKey();
        return call(
                request,
                versions.apiKeys().stream()
                        .filter(each -> each.apiKey() == key.id())
                        .findFirst()
                        .orElseThrow()
                        .maxVersion(),
                type);
    }

    private <R extends ApiMessage> R call(ApiMessage request, int version, Class<R> type) throws IOException {
        RequestHeader header = new RequestHeader().clientId("rehearsal");
        WireFrame frame = RequestFrame.encode(ByteBufAllocator.DEFAULT, header, request, (short) version);
        try {
            for (Object part : frame.parts()) {
                ByteBuf bytes = (ByteBuf) part;
                bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
            }
        } finally {
            frame.release();
        }
        byte[] answer = new byte[answers.readInt()];
        answers.readFully(answer);
        ByteBuf bytes = Unpooled.wrappedBuffer(answer);
        return type.cast(ResponseFrame.decode(bytes, request.apiKey(), (short) version, WireLimits.DEFAULT)
                .response());
    }

    private static void check(short errorCode) throws IOException {
        if (errorCode != ErrorCode.NONE.code()) {
            throw new IOException("the broker answers with error " + errorCode);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
