// kafkajs against one broker: node kafkajs-checks.js <host:port> <folder>
// Prints one line for each check: pass|name|what was compared, or fail|name|why.
const fs = require('fs')
const path = require('path')
const assert = require('assert')
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs')
const Cluster = require('kafkajs/src/cluster')
const createSocketFactory = require('kafkajs/src/network/socketFactory')
const { createLogger } = require('kafkajs/src/loggers')
const LoggerConsole = require('kafkajs/src/loggers/console')

CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')

const [bootstrap, folder] = process.argv.slice(2)
const retry = { retries: 5, initialRetryTime: 100 }
const kafka = new Kafka({ brokers: [bootstrap], clientId: 'interop', logLevel: logLevel.ERROR, retry })
const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy }
const lines = Array.from({ length: 5000 }, (_, i) => `${i}\tline ${i} of the kafkajs checks, a few words to compress`)

async function check(name, body) {
  try {
    console.log(`pass|${name}|${await body()}`)
  } catch (e) {
    console.log(`fail|${name}|${String(e && e.message || e).replace(/\s+/g, ' ')}`)
  }
}

function newCluster() {
  return new Cluster({
    logger: createLogger({ level: logLevel.ERROR, logCreator: LoggerConsole }),
    socketFactory: createSocketFactory(),
    brokers: [bootstrap],
    clientId: 'interop-fetch',
    metadataMaxAge: 300000,
    connectionTimeout: 5000,
    requestTimeout: 30000,
    retry,
    allowAutoTopicCreation: false,
    isolationLevel: 1,
  })
}

// Every record of partition 0 from an offset up to (not including) end.
async function fetchAll(cluster, topic, from, end) {
  await cluster.addTargetTopic(topic)
  const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
  const broker = await cluster.findBroker({ nodeId: leader })
  const messages = []
  let offset = from
  while (offset < end) {
    const response = await broker.fetch({
      maxWaitTime: 1000,
      minBytes: 1,
      maxBytes: 1 << 20,
      isolationLevel: 1,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: String(offset), maxBytes: 1 << 18 }] }],
    })
    for (const partition of response.responses[0].partitions) {
      for (const message of partition.messages) {
        if (Number(message.offset) >= offset) {
          assert.strictEqual(Number(message.offset), offset, 'offsets are dense')
          messages.push(message)
          offset++
        }
      }
    }
  }
  return messages
}

async function main() {
  const admin = kafka.admin()
  const cluster = newCluster()

  await check('kafkajs admin', async () => {
    await admin.connect()
    const topics = Object.keys(codecs).map(c => ({ topic: `kjs-${c}`, numPartitions: 1, replicationFactor: 1 }))
    assert.strictEqual(await admin.createTopics({ topics }), true)
    assert.strictEqual(await admin.createTopics({ topics }), false, 'a second creation says that they exist')
    await admin.createPartitions({ topicPartitions: [{ topic: 'kjs-none', count: 3 }] })
    const bad = { topic: 'kjs-bad', configEntries: [{ name: 'retention.ms', value: 'soon' }] }
    await assert.rejects(admin.createTopics({ topics: [bad] }), e => e.errors[0].type === 'INVALID_CONFIG')
    const described = await admin.fetchTopicMetadata({ topics: ['kjs-none'] })
    assert.strictEqual(described.topics[0].partitions.length, 3)
    const { brokers } = await admin.describeCluster()
    assert.strictEqual(brokers.length, 1)
    return 'create, create again, bad config, three partitions, describe cluster'
  })

  await check('kafkajs admin configs', async () => {
    await admin.alterConfigs({
      resources: [{ type: 2, name: 'kjs-none', configEntries: [{ name: 'retention.ms', value: '7200000' }] }],
    })
    const answer = await admin.describeConfigs({ resources: [{ type: 2, name: 'kjs-none', configNames: ['retention.ms'] }] })
    assert.strictEqual(answer.resources[0].configEntries[0].configValue, '7200000')
    return 'retention.ms altered and described'
  })

  for (const [codec, compression] of Object.entries(codecs)) {
    await check(`kafkajs ${codec}`, async () => {
      const topic = `kjs-${codec}`
      const producer = kafka.producer({ idempotent: codec === 'none', maxInFlightRequests: 1 })
      await producer.connect()
      for (let i = 0; i < lines.length; i += 500) {
        await producer.send({
          topic,
          acks: -1,
          compression,
          messages: lines.slice(i, i + 500).map((value, n) => ({
            key: `k${i + n}`, value, partition: 0, headers: { h: `${i + n}` },
          })),
        })
      }
      await producer.disconnect()
      const offsets = await admin.fetchTopicOffsets(topic)
      const zero = offsets.find(o => o.partition === 0)
      assert.strictEqual(zero.high, String(lines.length))
      assert.strictEqual(zero.low, '0')
      await cluster.connect()
      const read = await fetchAll(cluster, topic, 0, lines.length)
      assert.deepStrictEqual(read.map(m => m.value.toString()), lines)
      assert.strictEqual(read[17].key.toString(), 'k17')
      assert.strictEqual(read[17].headers.h.toString(), '17')
      fs.writeFileSync(path.join(folder, `kjs-${codec}.txt`), lines.join('\n') + '\n')
      return `${lines.length} lines produced, offsets 0 and ${zero.high}, fetched back with key and header`
    })
  }

  await check('kafkajs consumer group', async () => {
    const groupId = 'kjs-readers'
    const read = async count => {
      const consumer = kafka.consumer({ groupId })
      await consumer.connect()
      await consumer.subscribe({ topics: ['kjs-snappy'], fromBeginning: true })
      const seen = []
      await new Promise((resolve, reject) => {
        consumer.on(consumer.events.CRASH, e => reject(e.payload.error))
        consumer.run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            if (seen.length < count) {
              seen.push(message.value.toString())
              if (seen.length === count) {
                const offset = String(Number(message.offset) + 1)
                await consumer.commitOffsets([{ topic: 'kjs-snappy', partition, offset }])
                resolve()
              }
            }
          },
        }).catch(reject)
      })
      await consumer.disconnect()
      return seen
    }
    assert.deepStrictEqual(await read(2000), lines.slice(0, 2000))
    assert.deepStrictEqual(await read(3000), lines.slice(2000))
    const [committed] = await admin.fetchOffsets({ groupId, topics: ['kjs-snappy'] })
    assert.strictEqual(committed.partitions[0].offset, '5000')
    const { groups } = await admin.describeGroups([groupId])
    assert.strictEqual(groups[0].state, 'Empty')
    await admin.deleteGroups([groupId])
    assert.ok(!(await admin.listGroups()).groups.some(g => g.groupId === groupId))
    return '2000 lines, committed, then the other 3000; described and deleted'
  })

  await check('kafkajs offsets by time, delete records', async () => {
    const byTime = await admin.fetchTopicOffsetsByTimestamp('kjs-gzip', 1000)
    assert.strictEqual(byTime[0].offset, '0')
    await admin.deleteTopicRecords({ topic: 'kjs-gzip', partitions: [{ partition: 0, offset: '100' }] })
    const after = await admin.fetchTopicOffsets('kjs-gzip')
    assert.strictEqual(after[0].low, '100')
    return 'first offset by time 0, low offset 100 after the deletion'
  })

  await check('kafkajs delete topic', async () => {
    await admin.createTopics({ topics: [{ topic: 'kjs-gone' }] })
    await admin.deleteTopics({ topics: ['kjs-gone'] })
    assert.ok(!(await admin.listTopics()).includes('kjs-gone'))
    return 'not listed any more'
  })

  await cluster.disconnect()
  await admin.disconnect()
}

main().then(() => process.exit(0), e => {
  console.log(`fail|kafkajs|${e.stack}`)
  process.exit(1)
})
