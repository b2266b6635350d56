package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.InitProducerIdRequest;
import io.millrace.wire.message.InitProducerIdResponse;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an idempotent producer its id. A producer that comes with an id already, after an error that made it doubt its
 * sequence (KIP-360), gets a new one like any other, as with Kafka: only a transactional id would tie it to the old one.
 */
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest, InitProducerIdResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(InitProducerIdHandler.class);

    /** Version 6 belongs to two-phase commit (KIP-939), which Kafka marks as unstable. */
    private static final short MAX_VERSION = 5;

    private static final long NO_PRODUCER_ID = -1;
    private static final short NO_EPOCH = -1;

    private final ProducerIdPool ids;

    public InitProducerIdHandler(ProducerIdPool ids) {
        this.ids = ids;
    }

    @Override
    public ApiKey key() {
        return ApiKey.INIT_PRODUCER_ID;
    }

    @Override
    public short maxVersion() {
        return MAX_VERSION;
    }

    @Override
    public Future<InitProducerIdResponse> handle(RequestContext context, InitProducerIdRequest request) {
        String transactionalId = request.transactionalId();
        if (transactionalId != null) {
            // Fatal for the producer, so that its application learns at once that there are no transactions here.
            return Future.succeededFuture(failed(
                    transactionalId.isEmpty()
                            ? ErrorCode.INVALID_REQUEST
                            : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        }
        boolean hasId = request.producerId() != NO_PRODUCER_ID;
        boolean hasEpoch = request.producerEpoch() != NO_EPOCH;
        if (hasId != hasEpoch) {
            return Future.succeededFuture(failed(ErrorCode.INVALID_REQUEST));
        }
        // Only a transactional id keeps its producer id: another producer that says what it had gets a new one, too.
        return ids.next()
                .map(id -> new InitProducerIdResponse().producerId(id).producerEpoch((short) 0))
                .recover(failure -> {
                    LOG.error("no producer ids from the metadata log", failure);
                    return Future.succeededFuture(failed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
                });
    }

    private static InitProducerIdResponse failed(ErrorCode error) {
        return new InitProducerIdResponse()
                .errorCode(error.code())
                .producerId(NO_PRODUCER_ID)
                .producerEpoch(NO_EPOCH);
    }
}
