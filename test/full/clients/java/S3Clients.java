import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;

/** Puts objects into S3 as a program in Java does: in signed chunks, with checksums behind them. Prints what it got. */
public class S3Clients {
    public static void main(String[] arguments) {
        String bucket = arguments[1];
        var builder = S3Client.builder()
            .endpointOverride(URI.create(arguments[0]))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local-secret")))
            .overrideConfiguration(configuration -> configuration.addExecutionInterceptor(new ExecutionInterceptor() {
                @Override
                public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                    if (context.httpRequest().method().name().equals("PUT"))
                        say("signed", context.httpRequest().firstMatchingHeader("x-amz-content-sha256").orElse("nothing"));
                }
            }));
        byte[] body = new byte[300_000];
        for (int index = 0; index < body.length; index += 1) body[index] = (byte) (index * 7);
        try (S3Client s3 = builder.build()) {
            for (ChecksumAlgorithm algorithm : List.of(ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA256)) {
                String key = "java/" + algorithm;
                s3.putObject(request -> request.bucket(bucket).key(key).checksumAlgorithm(algorithm),
                    RequestBody.fromInputStream(new ByteArrayInputStream(body), body.length));
                byte[] got = s3.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArray();
                say(key, java.util.Arrays.equals(got, body));
            }
        }
    }

    private static void say(String fact, Object value) {
        System.out.println(fact + ": " + value);
    }
}
