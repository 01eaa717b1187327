let polling = true;

async function poll() {
    while (polling) {
        try {
            const response = await fetch(`/poll?userId=${userId}`);
            const data = await response.json();
            
            if (data.messages.length > 0) {
                data.messages.forEach(handleMessage);
            }
            
        } catch (error) {
            console.error('Polling error:', error);
            await sleep(5000);  // Back off on error
        }
    }
}

function handleMessage(message) {
    console.log('Received:', message);
}

// Start polling
poll();

// Stop polling
function stopPolling() {
    polling = false;
}
