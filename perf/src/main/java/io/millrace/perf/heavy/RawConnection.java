package io.millrace.perf.heavy;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.RequestHeader;

/** A socket that does what no decent client does, such as asking and not reading. Owned by one thread. */
final class RawConnection implements Closeable {
    private static final short FETCH_VERSION = 12; // the last with topic names
    private static final int SMALL_BUFFER_BYTES = 8192;

    private final Socket socket = new Socket();
    private final DataOutputStream out;
    private int correlationId;

    RawConnection(int port) throws IOException {
        socket.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        out = new DataOutputStream(socket.getOutputStream());
    }

    void askVersions() throws IOException {
        send(new ApiVersionsRequest.Builder().build());
    }

    /** Asks for up to {@code maxBytes} of partition 0. */
    void askRecords(String topic, int maxBytes) throws IOException {
        var partition = new FetchRequest.PartitionData(Uuid.ZERO_UUID, 0, 0, maxBytes, Optional.empty());
        send(FetchRequest.Builder.forConsumer(FETCH_VERSION, 100, 1, Map.of(new TopicPartition(topic, 0), partition))
                .setMaxBytes(maxBytes)
                .build(FETCH_VERSION));
    }

    /** Announces a frame and sends only its first bytes. */
    void sendPartOfFrame(int announcedBytes) throws IOException {
        out.writeInt(announcedBytes);
        out.writeInt(0);
        out.flush();
    }

    /** Reads one whole response. @return its size */
    int readResponse() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int size = in.readInt();
        in.skipNBytes(size);
        return size;
    }

    /** Asks and waits for the answer. */
    AbstractResponse call(AbstractRequest request) throws IOException {
        return receive(send(request));
    }

    /**
     * The next answer.
     *
     * @param header of the request that it is for
     */
    AbstractResponse receive(RequestHeader header) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return AbstractResponse.parseResponse(ByteBuffer.wrap(body), header);
    }

    /** @return what the answer is to be read with */
    RequestHeader send(AbstractRequest request) throws IOException {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "heavy", correlationId++);
        ByteBuffer body = request.serializeWithHeader(header);
        out.writeInt(body.remaining());
        out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
        out.flush();
        return header;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
