import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** Uses every operation of Kinesis as a program in Java does, and prints what it got, one line for each fact. */
public class KinesisClients {
    /** What the answers are written in; the client itself would not tell. */
    private static final List<String> CONTENT_TYPES = new ArrayList<>();

    public static void main(String[] arguments) {
        var builder = KinesisClient.builder()
            .endpointOverride(URI.create(arguments[0]))
            .region(Region.US_EAST_1)
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local-secret")))
            .overrideConfiguration(configuration -> configuration.addExecutionInterceptor(new ExecutionInterceptor() {
                @Override
                public void beforeUnmarshalling(Context.BeforeUnmarshalling context, ExecutionAttributes attributes) {
                    context.httpResponse().firstMatchingHeader("content-type").ifPresent(CONTENT_TYPES::add);
                }
            }));
        try (KinesisClient kinesis = builder.build()) {
            use(kinesis);
        }
        say("content types", String.join(" ", CONTENT_TYPES.stream().distinct().toList()));
    }

    private static void use(KinesisClient kinesis) {
        String stream = "java";
        Instant start = Instant.now().minusSeconds(1);
        kinesis.createStream(request -> request.streamName(stream).shardCount(1));
        kinesis.addTagsToStream(request -> request.streamName(stream).tags(Map.of("shop", "Größe 1")));
        kinesis.increaseStreamRetentionPeriod(request -> request.streamName(stream).retentionPeriodHours(48));
        var summary = kinesis.describeStreamSummary(request -> request.streamName(stream)).streamDescriptionSummary();
        say("retention", summary.retentionPeriodHours());
        say("made lately", isAbout(summary.streamCreationTimestamp(), start));
        say("described", kinesis.describeStream(request -> request.streamName(stream)).streamDescription().streamStatus());
        say("tags", kinesis.listTagsForStream(request -> request.streamName(stream)).tags().get(0).value());
        say("streams", kinesis.listStreams().streamNames());
        String shard = kinesis.listShards(request -> request.streamName(stream)).shards().get(0).shardId();
        say("shard", shard);

        byte[] allBytes = new byte[256];
        for (int index = 0; index < allBytes.length; index += 1) allBytes[index] = (byte) index;
        String first = kinesis.putRecord(request -> request.streamName(stream).partitionKey("Größe").data(SdkBytes.fromByteArray(allBytes)))
            .sequenceNumber();
        var put = kinesis.putRecords(request -> request.streamName(stream).records(
            PutRecordsRequestEntry.builder().partitionKey("a").data(SdkBytes.fromUtf8String("one")).build(),
            PutRecordsRequestEntry.builder().partitionKey("b").data(SdkBytes.fromByteArray(new byte[0])).build(),
            PutRecordsRequestEntry.builder().partitionKey("c").explicitHashKey("0").data(SdkBytes.fromByteArray(new byte[100_000])).build()));
        say("failed", put.failedRecordCount());

        var oldest = iterator(kinesis, stream, shard, start);
        List<Record> records = kinesis.getRecords(request -> request.shardIterator(oldest)).records();
        say("keys", String.join(" ", records.stream().map(Record::partitionKey).toList()));
        say("sizes", records.stream().map(record -> record.data().asByteArray().length).toList());
        say("bytes", java.util.Arrays.equals(records.get(0).data().asByteArray(), allBytes));
        say("text", new String(records.get(1).data().asByteArray(), StandardCharsets.UTF_8));
        say("first", records.get(0).sequenceNumber().equals(first));
        say("arrived lately", isAbout(records.get(0).approximateArrivalTimestamp(), start));
        var newest = iterator(kinesis, stream, shard, Instant.now());
        say("behind now", kinesis.getRecords(request -> request.shardIterator(newest)).records().size());

        try {
            kinesis.describeStreamSummary(request -> request.streamName("nothing"));
        } catch (ResourceNotFoundException error) {
            say("not found", error.awsErrorDetails().errorCode() + ": " + error.awsErrorDetails().errorMessage());
        }
        try {
            kinesis.describeLimits();
        } catch (KinesisException error) {
            say("not supported", error.awsErrorDetails().errorCode());
        }
        kinesis.deleteStream(request -> request.streamName(stream));
        say("left", kinesis.listStreams().streamNames());
    }

    private static String iterator(KinesisClient kinesis, String stream, String shard, Instant time) {
        return kinesis.getShardIterator(request -> request.streamName(stream).shardId(shard)
            .shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(time)).shardIterator();
    }

    /** To the minute: a wrong unit would be years away. */
    private static boolean isAbout(Instant time, Instant expected) {
        return Math.abs(time.toEpochMilli() - expected.toEpochMilli()) < 60_000;
    }

    private static void say(String fact, Object value) {
        System.out.println(fact + ": " + value);
    }
}
