package io.millrace.perf.load;

import io.millrace.wire.BufferRecords;
import io.millrace.wire.WireFrame;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.RequestHeader;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** The bytes of a request with one record, made once and sent often with another correlation id. Immutable. */
final class ProduceFrame {
    static final short VERSION = 9;

    private static final int CORRELATION_ID_INDEX = 8; // behind length, API and version
    private static final short ALL_REPLICAS = -1;
    private static final int TIMEOUT_MS = 30_000;

    private final byte[] bytes;

    ProduceFrame(String topic, int partition, int recordBytes, long timestampMs) {
        ByteBuf records;
        try (RecordBatchBuilder batch = new RecordBatchBuilder(ByteBufAllocator.DEFAULT)) {
            batch.append(timestampMs, (byte[]) null, Stamp.payload(recordBytes));
            records = batch.build();
        }
        ProduceRequest request = new ProduceRequest().acks(ALL_REPLICAS).timeoutMs(TIMEOUT_MS);
        ProduceRequest.TopicProduceData data = new ProduceRequest.TopicProduceData().name(topic);
        data.partitionData()
                .add(new ProduceRequest.PartitionProduceData().index(partition).records(new BufferRecords(records)));
        request.topicData().add(data);
        RequestHeader header = new RequestHeader().clientId("perf");
        WireFrame frame = RequestFrame.encode(ByteBufAllocator.DEFAULT, header, request, VERSION);
        bytes = new byte[(int) frame.sizeBytes()];
        int at = 0;
        for (Object part : frame.parts()) {
            ByteBuf buffer = (ByteBuf) part;
            int length = buffer.readableBytes();
            buffer.readBytes(bytes, at, length);
            at += length;
        }
        frame.release();
    }

    /** A copy for one request. */
    ByteBuf with(int correlationId) {
        return Unpooled.wrappedBuffer(bytes.clone()).setInt(CORRELATION_ID_INDEX, correlationId);
    }
}
